/// The module that defines the types of the events to be read.
public struct EventModule: Hashable, Sendable {
    /// The package that first defined them: upgrades keep it.
    public let package: SuiAddress
    public let module: MoveIdentifier

    public init(package: SuiAddress, module: MoveIdentifier) {
        self.package = package
        self.module = module
    }
}

extension EscrowContract {
    public var events: EventModule { EventModule(package: package, module: Self.module) }
}
