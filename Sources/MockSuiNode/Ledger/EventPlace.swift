import SuiProtocol

/// A module that defines events, or all of a package.
struct EventPlace: Hashable {
    let package: SuiAddress
    let module: MoveIdentifier?
}
