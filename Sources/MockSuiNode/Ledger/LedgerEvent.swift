public import SuiProtocol

/// An event of Move, at its place in the chain.
public struct LedgerEvent: Sendable {
    /// The type's package is the one that defines it, whoever was called.
    public let type: StructTag
    let fields: MoveData.Fields
    /// The module that the transaction called.
    public let callee: (package: SuiAddress, module: MoveIdentifier)
    /// Index of its transaction in the ledger.
    public let transaction: Int
    /// Place among the events of its transaction.
    public let sequence: Int

    public var bcs: [UInt8] { MoveData.bcs(of: fields) }
}
