import Audit
import ByteCodecs
public import Determinism
public import Idempotency
public import Identifiers
public import Services
public import Storage

/// The services of customers: what they have, what another configuration would cost, and changes.
///
/// A change is one transaction: the instance, its invoice, the charge with what is held for it, the
/// audit log and the request's key. It begins with the instance's lock, so that two at once are one
/// after the other, and the second finds paid for what the first has paid.
public struct Subscriptions: Sendable {
    let database: Database
    let books: PriceBooks
    let surroundings: Surroundings

    public init(database: Database, books: PriceBooks, surroundings: Surroundings) {
        self.database = database
        self.books = books
        self.surroundings = surroundings
    }

    /// What is sold now.
    public func catalogue() async throws(SubscriptionError) -> PriceVersion {
        try await prices(at: surroundings.now()).version
    }

    /// All services, also those of which nothing was chosen.
    public func list(
        of customer: CustomerID
    ) async throws(SubscriptionError) -> [ServiceStanding] {
        let rows = try await stored { () throws(StorageError) in
            try await database.instances(of: customer)
        }
        let version = try await prices(at: surroundings.now()).version
        return ServiceType.allCases.sorted().map { service in
            let row = rows.first { $0.service == service }
            return ServiceStanding(
                row ?? InstanceRow(customer: customer, service: service), by: version)
        }
    }

    public func find(
        _ service: ServiceType, of customer: CustomerID
    ) async throws(SubscriptionError) -> ServiceStanding {
        let row = try await stored { () throws(StorageError) in
            try await database.instance(customer, service)
        }
        let version = try await prices(at: surroundings.now()).version
        return ServiceStanding(
            row ?? InstanceRow(customer: customer, service: service), by: version)
    }

    /// Writes nothing and promises nothing: the change itself looks again.
    public func quote(
        _ wanted: WantedConfiguration, for service: ServiceType, of customer: CustomerID
    ) async throws(SubscriptionError) -> ServiceQuote {
        let now = surroundings.now()
        let (book, version) = try await prices(at: now)
        let (row, funds, active) = try await stored { () throws(StorageError) in
            (
                try await database.instance(customer, service)
                    ?? InstanceRow(customer: customer, service: service),
                try await database.funds(of: customer, at: now, by: book) ?? .none,
                try await database.activeKeyCount(of: customer, service)
            )
        }
        let change: SubscriptionChange
        do throws(SubscriptionRefusal) {
            let configuration = try wanted.filled(for: service, by: version)
            change = try Subscription(row).preview(configuration, at: now, by: book)
        } catch {
            throw .refused(error)
        }
        return ServiceQuote(
            change, refusal: change.slotRefusal(active: active) ?? change.refusal(by: funds))
    }

    /// Chooses a configuration: a dearer one holds and is charged at once while the service is
    /// served, a cheaper one holds from the next month on.
    public func configure(
        _ wanted: WantedConfiguration, for service: ServiceType, by actor: ActingCustomer,
        under request: KeyedRequest<SubscriptionOutcome>
    ) async throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome> {
        let now = surroundings.now()
        return try await change(service, by: actor, .serviceConfigured, under: request, at: now) {
            subscription, book throws(SubscriptionRefusal) in
            let version = try SubscriptionRefusal.version(at: now, of: book)
            let configuration = try wanted.filled(for: service, by: version)
            return try subscription.configuring(configuration, at: now, by: book)
        }
    }

    /// The rest of the month is charged, from today on, unless it is paid for.
    public func enable(
        _ service: ServiceType, by actor: ActingCustomer,
        under request: KeyedRequest<SubscriptionOutcome>
    ) async throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome> {
        let now = surroundings.now()
        return try await change(service, by: actor, .serviceEnabled, under: request, at: now) {
            subscription, book throws(SubscriptionRefusal) in
            try subscription.enabling(at: now, by: book)
        }
    }

    /// At once; nothing is paid back. Again is the same.
    public func disable(
        _ service: ServiceType, by actor: ActingCustomer
    ) async throws(SubscriptionError) -> ServiceStanding {
        let now = surroundings.now()
        let version = try await prices(at: now).version
        let after: InstanceRow = try await decide {
            transaction throws(StorageError) -> Result<InstanceRow, SubscriptionError> in
            let found = try await transaction.lockInstance(actor.customer, service)
            let row = found ?? InstanceRow(customer: actor.customer, service: service)
            let old = Subscription(row)
            let disabled: Subscription
            do throws(SubscriptionRefusal) { disabled = try old.disabling() } catch {
                return .failure(.refused(error))
            }
            guard disabled != old else { return .success(row) }
            try await transaction.write(row.after(disabled), at: now)
            try await transaction.audit(
                .serviceDisabled, by: actor, ["serviceType": .string(service.rawValue)], at: now)
            return .success(try await transaction.instance(actor.customer, service) ?? row)
        }
        return ServiceStanding(after, by: version)
    }

    func prices(
        at now: Timestamp
    ) async throws(SubscriptionError) -> (book: PriceBook, version: PriceVersion) {
        let book = try await stored { () throws(StorageError) in try await books.current() }
        guard let book, let version = book.version(at: now) else { throw .noPrices }
        return (book, version)
    }
}
