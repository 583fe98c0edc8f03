import Cryptography
public import Determinism
public import Idempotency
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

    /// Writes the charge, its hold, its key and the answer together, or nothing.
    ///
    /// - Parameter answer: what the caller is told, to be told again to the same request.
    /// - Throws: ``ChargeError``. From ``StorageError/connectionLost`` the caller asks again with
    ///   the same key: then it was done or is done, once.
    public func plan(
        _ new: NewCharge, answer: @Sendable (Planned) -> KeptAnswer? = { _ in nil }
    ) async throws(ChargeError) -> Planned {
        guard new.amount > .zero else { throw .amountInvalid }
        let id = ChargeID(from: surroundings)
        let obligation = new.invoice ?? new.key.key
        guard
            let reference = ChargeReference(
                chargeID: id.uuid.bytes, service: new.key.caller, obligation: obligation)
        else { throw .amountInvalid }
        let now = surroundings.now()
        return try await decide(new.key, answer, at: now) { transaction throws(StorageError) in
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
                invoice: new.invoice, charge: Charge(.charge))
            guard try await transaction.insertCharge(record, for: new, at: now) else {
                return .failure(.accountFrozen)
            }
            return .success(Planned(ChargeDetails(record, for: new, at: now)))
        }
    }

    /// Never more in sum than was charged. One that the chain has settled under the same key, while
    /// this database knew nothing of it, is the answer itself.
    public func plan(
        _ new: NewRefund, answer: @Sendable (Planned) -> KeptAnswer? = { _ in nil }
    ) async throws(ChargeError) -> Planned {
        guard new.amount > .zero else { throw .amountInvalid }
        let id = ChargeID(from: surroundings)
        guard
            let reference = ChargeReference(
                chargeID: id.uuid.bytes, service: new.key.caller, obligation: new.key.key)
        else { throw .amountInvalid }
        let now = surroundings.now()
        return try await decide(new.key, answer, at: now) { transaction throws(StorageError) in
            guard let found = try await transaction.refundable(new.charge) else {
                return .failure(.chargeUnknown)
            }
            guard found.record.charge.state.name == .settled else {
                return .failure(.chargeNotSettled)
            }
            if let settled = try await transaction.settledRefund(mark: reference.mark) {
                return try await transaction.recognise(settled, as: new, in: found)
            }
            let left = found.record.amount.units - found.refunded.units
            let remaining = max(.zero, MicroUSDC(left))
            guard new.amount <= remaining else {
                return .failure(.refundExceedsCharge(remaining: remaining))
            }
            let record = ChargeRecord(
                id: id, account: found.record.account, amount: new.amount, reference: reference,
                charge: Charge(.refund))
            try await transaction.insertRefund(
                record, for: new, customer: found.customer, at: now)
            return .success(
                Planned(ChargeDetails(record, for: new, customer: found.customer, at: now)))
        }
    }

    public func find(_ id: ChargeID) async throws(StorageError) -> ChargeRecord? {
        try await database.charge(id)
    }

    /// - Throws: ``ChargeError/chargeUnknown`` for another kind as well.
    public func details(
        _ id: ChargeID, _ kind: Charge.Kind
    ) async throws(ChargeError) -> ChargeDetails {
        let found: ChargeDetails?
        do {
            found = try await database.chargeDetails(id, kind)
        } catch {
            throw .storage(error)
        }
        guard let found else { throw .chargeUnknown }
        return found
    }

    /// Charges, newest first; refunds are none.
    ///
    /// - Parameter before: goes on after this one.
    public func list(
        _ filter: ChargeFilter, before: ChargeID?, limit: Int
    ) async throws(ChargeError) -> [ChargeDetails] {
        do {
            return try await database.charges(filter, before: before, limit: limit)
        } catch {
            throw .storage(error)
        }
    }

    static func refusal(
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

    private static func outcome(
        _ standing: KeyStanding
    ) -> Result<Planned, ChargeError>? {
        switch standing {
        case .new: nil
        case .refused(.inFlight): .failure(.keyInFlight)
        case .refused(.reused): .failure(.keyReused)
        case .bound(let answer, let made?):
            .success(Planned(id: ChargeID(made), isRepeated: true, answer: answer))
        case .bound(_, nil): .failure(.storage(.unexpectedValue(column: "created_id")))
        }
    }

    /// A refusal rolls everything back, the key included.
    private func decide(
        _ key: IdempotencyKey, _ answer: @Sendable (Planned) -> KeptAnswer?, at now: Timestamp,
        _ body: @Sendable (Transaction) async throws(StorageError) -> Result<Planned, ChargeError>
    ) async throws(ChargeError) -> Planned {
        let decision: Result<Planned, ChargeError>
        do throws(StorageError) {
            decision = try await database.decide { transaction throws(StorageError) in
                let standing = try await transaction.take(key)
                if let known = Self.outcome(standing) { return known }
                let decision = try await body(transaction)
                if case .success(let planned) = decision {
                    try await transaction.bind(
                        key, made: planned.id.uuid, answer: answer(planned), at: now)
                }
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
