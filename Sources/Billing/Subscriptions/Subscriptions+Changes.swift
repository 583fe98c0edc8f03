import Audit
import ByteCodecs
import Determinism
import Escrow
import Idempotency
import Identifiers
import Services
import Storage

/// How a change is committed: whole, once for its key, or not at all.
extension Subscriptions {
    typealias Step =
        @Sendable (Subscription, PriceBook) throws(SubscriptionRefusal) -> SubscriptionChange

    func change(
        _ service: ServiceType, by actor: ActingCustomer, _ action: AuditAction,
        under request: KeyedRequest<SubscriptionOutcome>, at now: Timestamp, _ step: Step
    ) async throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome> {
        try await decide { transaction throws(StorageError) in
            switch try await transaction.take(request.key) {
            case .refused(let refusal): return .failure(.keyRefused(refusal))
            case .bound(let answer?, _): return .success(.repeated(answer))
            case .bound(nil, let made): return .success(.forgotten(made: made))
            case .new: break
            }
            try await transaction.keepPriceBook()
            guard let book = try await books.current(as: transaction),
                let version = book.version(at: now)
            else { return .failure(.noPrices) }
            let found = try await transaction.lockInstance(actor.customer, service)
            let row = found ?? InstanceRow(customer: actor.customer, service: service)
            let change: SubscriptionChange
            do throws(SubscriptionRefusal) {
                change = try step(Subscription(row), book)
            } catch {
                return .failure(.refused(error))
            }
            if let refusal = try await refusal(
                of: change, actor.customer, transaction, at: now, by: book)
            {
                return .failure(refusal)
            }
            try await transaction.write(row.after(change.subscription), at: now)
            let issue = InvoiceIssue(by: book, surroundings: surroundings)
            let issued: InvoiceIssue.Issued?
            switch try await issue.issue(change.lines, to: actor.customer, in: transaction) {
            case .success(let done): issued = done
            case .failure(let refusal):
                return .failure(SubscriptionError(refusal, cost: change.chargeNow))
            }
            try await transaction.audit(action, by: actor, change.details(issued?.invoice), at: now)
            let after = try await transaction.instance(actor.customer, service) ?? row
            let outcome = SubscriptionOutcome(
                ServiceStanding(after, by: version), change: change, invoice: issued?.invoice,
                charge: issued?.charge)
            try await transaction.bind(
                request.key, made: issued?.invoice.uuid, answer: request.answer(outcome), at: now)
            return .success(.done(outcome))
        }
    }

    /// Under the lock of what it can be paid with.
    private func refusal(
        of change: SubscriptionChange, _ customer: CustomerID, _ transaction: Transaction,
        at now: Timestamp, by book: PriceBook
    ) async throws(StorageError) -> SubscriptionError? {
        let active = try await transaction.activeKeyCount(
            of: customer, change.subscription.service)
        if let refusal = change.slotRefusal(active: active) { return refusal }
        _ = try await transaction.lockAccounts([customer], at: now)
        let funds = try await transaction.funds(of: customer, at: now, by: book)
        return change.refusal(by: funds ?? .none)
    }

    /// A refusal rolls everything back, the key included.
    func decide<Value: Sendable>(
        _ body:
            @Sendable (Transaction) async throws(StorageError)
            -> Result<Value, SubscriptionError>
    ) async throws(SubscriptionError) -> Value {
        try await stored { () throws(StorageError) in try await database.decide(body) }.get()
    }

    func stored<Value: Sendable>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(SubscriptionError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storageUnavailable
        }
    }
}

extension Subscription {
    /// What choosing it would lead to; for a service that is not served, as if it were enabled too.
    func preview(
        _ wanted: ServiceConfiguration, at now: Timestamp, by book: PriceBook
    ) throws(SubscriptionRefusal) -> SubscriptionChange {
        let change = try configuring(wanted, at: now, by: book)
        guard change.effect == .stored else { return change }
        return try change.subscription.enabling(at: now, by: book)
    }
}

extension SubscriptionChange {
    /// Active keys are never more than there are slots, now and from the next month on.
    func slotRefusal(active: Int64) -> SubscriptionError? {
        let chosen = [subscription.configuration, subscription.scheduled?.configuration]
        guard let slots = chosen.compactMap({ $0?.apiKeys }).min(), active > slots else {
            return nil
        }
        return .slotsInUse(active: active, wanted: slots)
    }

    func refusal(by funds: Funds) -> SubscriptionError? {
        do throws(SubscriptionRefusal) {
            try check(funds)
            return nil
        } catch {
            return .refused(error)
        }
    }

    func details(_ invoice: InvoiceID?) -> JSONObject {
        var details: JSONObject = [
            "serviceType": .string(subscription.service.rawValue),
            "chargedMicroUsdc": .string(chargeNow.description),
        ]
        let chosen = subscription.scheduled?.configuration ?? subscription.configuration
        if let chosen {
            details["tier"] = .string(chosen.tier.rawValue)
            details["burst"] = .bool(chosen.hasBurst)
            details["sealKeys"] = .integer(chosen.sealKeys)
            details["packagesPerKey"] = .integer(chosen.packagesPerKey)
            details["apiKeys"] = .integer(chosen.apiKeys)
        }
        if case .scheduled(let month) = effect { details["from"] = .string(month.description) }
        details["invoiceId"] = invoice.map { .string($0.description) }
        return details
    }
}

extension Transaction {
    /// A row whose lock this transaction holds.
    func write(_ row: InstanceRow, at now: Timestamp) async throws(StorageError) {
        guard try await store(row, at: now) else { throw .serialization }
    }
}

extension SubscriptionError {
    /// What the account's lock showed after all.
    fileprivate init(_ refusal: InvoiceIssue.Refusal, cost: MicroUSDC) {
        switch refusal {
        case .noPrices: self = .noPrices
        case .invoice: self = .refused(.rating(.tooLarge))
        case .charge(let error): self.init(error, cost: cost)
        }
    }

    private init(_ error: ChargeError, cost: MicroUSDC) {
        switch error {
        case .accountMissing: self = .accountMissing
        case .accountFrozen: self = .accountFrozen
        case .insufficientBalance(let available, _):
            let missing = MicroUSDC(Int64(clamping: Int128(cost.units) - Int128(available.units)))
            self = .refused(
                .funds(
                    .insufficientBalance(
                        current: available, estimatedCost: cost, requiredDeposit: missing)))
        case .spendingLimitReached(let limit, let charged, _):
            let left = Int64(clamping: Int128(limit.units) - Int128(charged.units))
            self = .refused(
                .funds(
                    .monthlyLimitExceeded(
                        limit: limit, charged: charged, estimatedCost: cost,
                        remaining: max(.zero, MicroUSDC(left)))))
        case .customerUnknown, .alreadyCharged, .chargeUnknown, .chargeNotSettled,
            .refundExceedsCharge, .keyReused, .keyInFlight, .amountInvalid, .storage:
            self = .storageUnavailable
        }
    }
}
