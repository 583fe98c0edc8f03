import SuiProtocol

/// An event of a transaction that is being run.
struct PendingEvent {
    let type: StructTag
    let fields: MoveData.Fields
    let callee: (package: SuiAddress, module: MoveIdentifier)
}
