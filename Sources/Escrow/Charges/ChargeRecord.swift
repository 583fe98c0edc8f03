public import Identifiers
public import SuiProtocol

/// An operation with the facts that never change.
public struct ChargeRecord: Hashable, Sendable {
    public let id: ChargeID
    public let account: AccountID
    public let amount: MicroUSDC
    public let reference: ChargeReference
    /// What a charge was asked for, if that was named: paid once, whichever service asks.
    public let invoice: String?
    public var charge: Charge

    public init(
        id: ChargeID, account: AccountID, amount: MicroUSDC, reference: ChargeReference,
        invoice: String? = nil, charge: Charge
    ) {
        self.id = id
        self.account = account
        self.amount = amount
        self.reference = reference
        self.invoice = invoice
        self.charge = charge
    }

    /// What is set aside for it: its amount as long as it is a charge without outcome.
    public var hold: MicroUSDC {
        charge.kind == .charge && !charge.state.name.isFinal ? amount : .zero
    }
}
