public import Identifiers

/// Which entries a happening makes. Nothing else makes entries.
public enum LedgerRules {
    /// Sets aside what a charge will take.
    public static func hold(_ record: ChargeRecord) -> LedgerEntry? {
        LedgerEntry(
            .hold, .decision, account: record.account, charge: record.id,
            from: .escrow(record.account), to: .held(record.account), record.hold)
    }

    /// Gives back what was set aside for `amount`, by our decision or because of an event.
    public static func release(
        _ amount: MicroUSDC, of charge: ChargeID, on account: AccountID,
        cause: LedgerEntry.Cause = .decision
    ) -> LedgerEntry? {
        LedgerEntry(
            .release, cause, account: account, charge: charge, from: .held(account),
            to: .escrow(account), amount)
    }

    /// What an event moves by itself, before its outcome for any operation.
    static func movement(
        of fact: AccountFact, on account: AccountID, legs: inout LedgerLegs
    ) -> [LedgerEntry] {
        switch fact {
        case .deposited(let amount, _):
            legs.entry(.deposit, on: account, from: .chain, to: .escrow(account), amount)
        case .withdrawn(let amount, _):
            legs.entry(.withdrawal, on: account, from: .escrow(account), to: .chain, amount)
        case .opened, .limitChanged, .charged, .declined, .declinedAsStale, .cancelled, .refunded:
            []
        }
    }

    /// Money taken by the chain: from what was held for the operation when that is the amount,
    /// else the hold goes back and the chain's amount is taken.
    static func charge(
        _ amount: MicroUSDC, held: MicroUSDC, of charge: ChargeID?, on account: AccountID,
        legs: inout LedgerLegs
    ) -> [LedgerEntry] {
        if held == amount {
            return legs.entry(
                .charge, on: account, charge, from: .held(account), to: .revenue, amount)
        }
        return legs.entry(
            .release, on: account, charge, from: .held(account), to: .escrow(account), held)
            + legs.entry(
                .charge, on: account, charge, from: .escrow(account), to: .revenue, amount)
    }

    static func refund(
        _ amount: MicroUSDC, of charge: ChargeID?, on account: AccountID, legs: inout LedgerLegs
    ) -> [LedgerEntry] {
        legs.entry(.refund, on: account, charge, from: .revenue, to: .escrow(account), amount)
    }

    /// Moves the account to the chain's own figure: in several entries where one cannot hold it.
    static func adjustment(
        by difference: Int128, on account: AccountID, legs: inout LedgerLegs
    ) -> [LedgerEntry] {
        var left = difference.magnitude
        var entries: [LedgerEntry] = []
        while left > 0 {
            let amount = MicroUSDC(Int64(clamping: left))
            left -= UInt128(amount.units)
            entries +=
                difference > 0
                ? legs.entry(
                    .adjustment, on: account, from: .adjustments, to: .escrow(account), amount)
                : legs.entry(
                    .adjustment, on: account, from: .escrow(account), to: .adjustments, amount)
        }
        return entries
    }
}

/// Numbers an event's entries, so that booking it again meets the same keys.
struct LedgerLegs {
    let event: EventID
    private var count: Int64

    /// - Parameter first: beyond the legs that the event has already.
    init(of event: EventID, from first: Int64 = 0) {
        self.event = event
        count = first
    }

    mutating func entry(
        _ purpose: LedgerEntry.Purpose, on account: AccountID, _ charge: ChargeID? = nil,
        from debit: LedgerAccount, to credit: LedgerAccount, _ amount: MicroUSDC
    ) -> [LedgerEntry] {
        let entry = LedgerEntry(
            purpose, .event(event, leg: count), account: account, charge: charge, from: debit,
            to: credit, amount)
        guard let entry else { return [] }
        count += 1
        return [entry]
    }
}
