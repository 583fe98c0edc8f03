import Cryptography
public import Determinism
public import Identifiers
public import Storage
import SuiProtocol

/// Plans charges and refunds: what any gateway may do. Signing is the leader's alone.
public struct Charges: Sendable {
    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// Writes the charge, its hold and its key together, or nothing.
    ///
    /// - Throws: ``ChargeError``. From ``StorageError/connectionLost`` the caller asks again with
    ///   the same key: then it was done or is done, once.
    public func plan(_ new: NewCharge) async throws(ChargeError) -> Planned {
        guard new.amount > .zero else { throw .amountInvalid }
        let id = ChargeID(from: surroundings)
        let obligation = new.invoice ?? new.key.key
        guard
            let reference = ChargeReference(
                chargeID: id.uuid.bytes, service: new.key.caller, obligation: obligation)
        else { throw .amountInvalid }
        return try await decide { [now = surroundings.now()] transaction throws(StorageError) in
            if let known = try await transaction.claim(new.key, for: id, at: now) {
                return Self.repeated(known, new.key)
            }
            guard let row = try await transaction.lockAccount(of: new.customer) else {
                return .failure(
                    try await transaction.customerExists(new.customer)
                        ? .accountMissing : .customerUnknown)
            }
            if let live = try await transaction.liveCharge(
                mark: reference.mark, invoice: new.invoice)
            {
                return .failure(.alreadyCharged(live))
            }
            if let refusal = Self.refusal(row, new.amount, at: now) { return .failure(refusal) }
            let record = ChargeRecord(
                id: id, account: row.mirror.id, amount: new.amount, reference: reference,
                charge: Charge(.charge))
            guard try await transaction.insertCharge(record, for: new, at: now) else {
                return .failure(.accountFrozen)
            }
            return .success(Planned(id: id, isRepeated: false))
        }
    }

    /// Never more in sum than was charged.
    public func plan(_ new: NewRefund) async throws(ChargeError) -> Planned {
        guard new.amount > .zero else { throw .amountInvalid }
        let id = ChargeID(from: surroundings)
        guard
            let reference = ChargeReference(
                chargeID: id.uuid.bytes, service: new.key.caller, obligation: new.key.key)
        else { throw .amountInvalid }
        return try await decide { [now = surroundings.now()] transaction throws(StorageError) in
            if let known = try await transaction.claim(new.key, for: id, at: now) {
                return Self.repeated(known, new.key)
            }
            guard let found = try await transaction.refundable(new.charge) else {
                return .failure(.chargeUnknown)
            }
            guard found.record.charge.state.name == .settled else {
                return .failure(.chargeNotSettled)
            }
            let remaining = MicroUSDC(found.record.amount.units - found.refunded.units)
            guard new.amount <= remaining else {
                return .failure(.refundExceedsCharge(remaining: remaining))
            }
            let record = ChargeRecord(
                id: id, account: found.record.account, amount: new.amount, reference: reference,
                charge: Charge(.refund))
            try await transaction.insertRefund(
                record, for: new, customer: found.customer, at: now)
            return .success(Planned(id: id, isRepeated: false))
        }
    }

    public func find(_ id: ChargeID) async throws(StorageError) -> ChargeRecord? {
        try await database.charge(id)
    }

    private static func refusal(
        _ row: AccountRow, _ amount: MicroUSDC, at now: Timestamp
    ) -> ChargeError? {
        if row.mirror.freeze != nil { return .accountFrozen }
        guard row.available >= amount else {
            return .insufficientBalance(available: max(.zero, row.available), required: amount)
        }
        let (charged, end) = row.mirror.period(at: now)
        let limit = row.mirror.spendingLimit
        // What is held will count too: `available` above keeps these sums within 2⁶³.
        guard limit > .zero else { return nil }
        let taken = Int128(charged.units) + Int128(row.held.units)
        guard taken + Int128(amount.units) <= Int128(limit.units) else {
            return .spendingLimitReached(
                limit: limit, charged: MicroUSDC(Int64(clamping: taken)), resetsAt: end)
        }
        return nil
    }

    private static func repeated(
        _ known: KeyRow, _ key: IdempotencyKey
    ) -> Result<Planned, ChargeError> {
        known.bodyHash == key.bodyHash
            ? .success(Planned(id: known.id, isRepeated: true)) : .failure(.keyReused)
    }

    /// A refusal rolls everything back, the key included.
    private func decide(
        _ body: @Sendable (Transaction) async throws(StorageError) -> Result<Planned, ChargeError>
    ) async throws(ChargeError) -> Planned {
        let decision: Result<Planned, ChargeError>
        do throws(StorageError) {
            decision = try await database.transaction { transaction throws(StorageError) in
                let decision = try await body(transaction)
                if case .failure = decision { transaction.abandon() }
                return decision
            }
        } catch .constraintViolated(let name, _)
            where ["charges_live_obligation", "charges_live_invoice"].contains(name)
        {
            throw .alreadyCharged(nil)
        } catch {
            throw .storage(error)
        }
        return try decision.get()
    }
}
