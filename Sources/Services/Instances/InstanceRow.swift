public import Determinism
public import Identifiers
public import Storage

/// A row of `service_instances`, as plain values: what a customer chose of a service, what takes
/// its place, and what was paid for. What they mean for money is Billing's business.
public struct InstanceRow: Hashable, Sendable {
    /// What takes the place of the present configuration.
    public struct Scheduled: Hashable, Sendable {
        public var configuration: ServiceConfiguration
        /// The first moment of a month in UTC.
        public var from: Timestamp

        public init(_ configuration: ServiceConfiguration, from month: Timestamp) {
            self.configuration = configuration
            from = month
        }
    }

    /// The last month that was invoiced, with the configuration and the prices it was for.
    public struct Paid: Hashable, Sendable {
        /// The first moment of a month in UTC.
        public var month: Timestamp
        public var configuration: ServiceConfiguration
        public var priceVersion: Int64

        public init(
            month: Timestamp, configuration: ServiceConfiguration, priceVersion: Int64
        ) {
            self.month = month
            self.configuration = configuration
            self.priceVersion = priceVersion
        }
    }

    public let customer: CustomerID
    public let service: ServiceType
    public var state: InstanceState
    /// Nil before the first one is chosen.
    public var configuration: ServiceConfiguration?
    public var scheduled: Scheduled?
    public var paid: Paid?
    /// Rises with every change; 0 is a row that is not stored yet.
    public internal(set) var version: Int64
    /// Nil for a row that is not stored yet.
    public internal(set) var createdAt: Timestamp?
    public internal(set) var changedAt: Timestamp?

    /// One that is not stored yet.
    public init(
        customer: CustomerID, service: ServiceType, state: InstanceState = .notProvisioned,
        configuration: ServiceConfiguration? = nil, scheduled: Scheduled? = nil, paid: Paid? = nil
    ) {
        self.customer = customer
        self.service = service
        self.state = state
        self.configuration = configuration
        self.scheduled = scheduled
        self.paid = paid
        version = 0
    }
}

extension InstanceRow: SQLRow {
    /// Of `service_instances AS i`, in the order in which a row reads them.
    public static let columns: SQL = """
        i.customer_id, i.service_type, i.state,
        i.tier, i.has_burst, i.seal_keys, i.packages_per_key, i.api_keys,
        i.scheduled_from::timestamp AT TIME ZONE 'UTC', i.scheduled_tier, i.scheduled_has_burst,
        i.scheduled_seal_keys, i.scheduled_packages_per_key, i.scheduled_api_keys,
        i.paid_month::timestamp AT TIME ZONE 'UTC', i.paid_price_version, i.paid_tier,
        i.paid_has_burst, i.paid_seal_keys, i.paid_packages_per_key, i.paid_api_keys,
        i.version, i.created_at, i.changed_at
        """

    public init(from columns: inout SQLColumns) throws(StorageError) {
        guard let customer = CustomerID(try columns.next()),
            let service = ServiceType(rawValue: try columns.next())
        else { throw .unexpectedValue(column: "service_type") }
        guard let state = InstanceState(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "state")
        }
        self.init(
            customer: customer, service: service, state: state,
            configuration: try columns.nextConfiguration())
        let from: Timestamp? = try columns.next()
        let next = try columns.nextConfiguration()
        if let from, let next { scheduled = Scheduled(next, from: from) }
        let month: Timestamp? = try columns.next()
        let priceVersion: Int64? = try columns.next()
        let paidFor = try columns.nextConfiguration()
        if let month, let priceVersion, let paidFor {
            paid = Paid(month: month, configuration: paidFor, priceVersion: priceVersion)
        }
        version = try columns.next()
        createdAt = try columns.next() as Timestamp
        changedAt = try columns.next() as Timestamp
    }
}

extension SQLColumns {
    /// Five columns; nil when they are NULL, which they are together.
    mutating func nextConfiguration() throws(StorageError) -> ServiceConfiguration? {
        let name: String? = try next()
        let hasBurst: Bool? = try next()
        let sealKeys: Int64? = try next()
        let packagesPerKey: Int64? = try next()
        let apiKeys: Int64? = try next()
        guard let name, let hasBurst, let sealKeys, let packagesPerKey, let apiKeys else {
            return nil
        }
        guard let tier = ServiceTier(rawValue: name) else {
            throw .unexpectedValue(column: "tier")
        }
        return ServiceConfiguration(
            tier: tier, hasBurst: hasBurst, sealKeys: sealKeys, packagesPerKey: packagesPerKey,
            apiKeys: apiKeys)
    }
}
