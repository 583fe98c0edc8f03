/// One published escrow package with one coin: what tells its events and objects from look-alikes.
///
/// Source: `Docs/Sources.md#escrow-contract`.
public struct EscrowContract: Hashable, Sendable {
    static let module: MoveIdentifier = "account"

    public let package: SuiAddress
    /// The `T` of the accounts, USDC in production.
    public let coin: TypeTag

    public init(package: SuiAddress, coin: TypeTag) {
        self.package = package
        self.coin = coin
    }

    /// The whole type of an event, to filter by.
    public func type(of event: EscrowEvent.Name) -> StructTag {
        structure(event.identifier, isOfAccount: event.isOfAccount)
    }

    /// `Account<T>`.
    public var accountType: StructTag { structure("Account", isOfAccount: true) }

    /// `AccountTracker`.
    public var trackerType: StructTag { structure("AccountTracker", isOfAccount: false) }

    /// `Operator`.
    public var operatorType: StructTag { structure("Operator", isOfAccount: false) }

    private func structure(_ name: MoveIdentifier, isOfAccount: Bool) -> StructTag {
        StructTag(package, Self.module, name, isOfAccount ? [coin] : [])
    }

    /// Reads an event of this contract.
    ///
    /// - Parameters:
    ///   - type: the event's own type, never the module that was called.
    ///   - bcs: its contents.
    /// - Returns: nil for an event of another package, module or coin.
    /// - Throws: ``SuiDecodingError`` where the type is ours and the contents are not its.
    public func event(
        type: StructTag, bcs: [UInt8]
    ) throws(SuiDecodingError) -> EscrowEvent? {
        let names = EscrowEvent.Name.allCases
        guard let name = names.first(where: { $0.identifier == type.name }),
            type == self.type(of: name)
        else { return nil }
        return try EscrowEvent(name, bcs: bcs)
    }
}
