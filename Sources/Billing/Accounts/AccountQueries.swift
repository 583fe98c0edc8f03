import Determinism
import Identifiers
import Services
import Storage

/// How far a customer's use is invoiced.
struct BillingAccountRow: SQLRow {
    var customer: CustomerID
    var usedFrom: Timestamp
    var coveredThrough: Timestamp?
    /// When the use came in that was looked at last, or that nobody has looked at yet.
    var staleSince: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        customer = try columns.nextCustomerID()
        usedFrom = try columns.next()
        coveredThrough = try columns.next()
        staleSince = try columns.next()
    }

    /// What a customer's next invoice is due by.
    var covered: Timestamp { coveredThrough ?? usedFrom }
}

struct OpenSumRow: SQLRow {
    var customer: CustomerID
    var sum: UsageSum

    init(from columns: inout SQLColumns) throws(StorageError) {
        customer = try columns.nextCustomerID()
        guard let service = ServiceType(rawValue: try columns.next()),
            let tier = ServiceTier(rawValue: try columns.next())
        else { throw .unexpectedValue(column: "tier") }
        sum = UsageSum(
            service: service, tier: tier, hour: Hour(containing: try columns.next()),
            successful: try columns.next(), invoiced: try columns.next())
    }
}

struct InvoicedGroupRow: SQLRow {
    var customer: CustomerID
    var group: UsageGroup
    var requests: Int64

    init(from columns: inout SQLColumns) throws(StorageError) {
        customer = try columns.nextCustomerID()
        let month: Timestamp = try columns.next()
        guard let service = ServiceType(rawValue: try columns.next()),
            let tier = ServiceTier(rawValue: try columns.next())
        else { throw .unexpectedValue(column: "tier") }
        group = UsageGroup(
            month: Month(containing: month), service: service, tier: tier,
            priceVersion: try columns.next())
        requests = try columns.next()
    }
}

struct CreditRow: SQLRow {
    var customer: CustomerID
    var credit: Credit

    init(from columns: inout SQLColumns) throws(StorageError) {
        customer = try columns.nextCustomerID()
        let id: SQLUUID = try columns.next()
        guard let uuid = UUIDv7(bytes: id.bytes),
            let credit = Credit(CreditID(uuid), remaining: MicroUSDC(try columns.next()))
        else { throw .unexpectedValue(column: "credit_id") }
        self.credit = credit
    }
}

extension SQL {
    fileprivate static let accountColumns: SQL = """
        b.customer_id, b.used_from, b.covered_through, b.stale_since
        """
    /// Rows of services and tiers that this program does not know wait for one that does.
    fileprivate static let known: SQL = """
        u.service_type = ANY(\(ServiceType.allCases.map(\.rawValue)))
           AND u.tier = ANY(\(ServiceTier.allCases.map(\.rawValue)))
        """
}

extension Transaction {
    /// Whose use has grown since it was last looked at; those whom somebody bills at this moment
    /// come next time.
    func lockStaleAccounts(limit: Int) async throws(StorageError) -> [BillingAccountRow] {
        try await rows(
            """
            SELECT \(sql: .accountColumns) FROM billing_accounts AS b
             WHERE b.is_stale ORDER BY b.customer_id LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """)
    }

    /// Makes the rows that are missing. In one order, as everybody locks them.
    func lockAccounts(
        _ customers: [CustomerID], at now: Timestamp
    ) async throws(StorageError) -> [BillingAccountRow] {
        let numbers = customers.map(\.number)
        try await execute(
            """
            INSERT INTO billing_accounts (customer_id, used_from)
            SELECT customer_id, \(now) FROM customers AS c
             WHERE customer_id = ANY(\(numbers)) AND NOT EXISTS (
                SELECT FROM billing_accounts AS b WHERE b.customer_id = c.customer_id)
             ORDER BY customer_id ON CONFLICT DO NOTHING
            """)
        return try await rows(
            """
            SELECT \(sql: .accountColumns) FROM billing_accounts AS b
             WHERE b.customer_id = ANY(\(numbers)) ORDER BY b.customer_id FOR UPDATE
            """)
    }

    /// Sums with requests that stand on no invoice, locked in the order in which metering takes
    /// them.
    func lockOpenSums(_ customers: [CustomerID]) async throws(StorageError) -> [OpenSumRow] {
        try await rows(
            """
            SELECT u.customer_id, u.service_type, u.tier, u.hour, u.successful, u.invoiced
              FROM usage_records AS u
             WHERE u.customer_id = ANY(\(customers.map(\.number))) AND u.successful > u.invoiced
               AND \(sql: .known)
             ORDER BY u.hour, u.customer_id, u.service_type, u.tier FOR UPDATE
            """)
    }

    func setAccrued(
        _ accrued: [(customer: CustomerID, amount: MicroUSDC)]
    ) async throws(StorageError) {
        guard !accrued.isEmpty else { return }
        try await execute(
            """
            UPDATE billing_accounts AS b
               SET accrued_micro_usdc = n.amount, is_stale = false
              FROM unnest(\(accrued.map(\.customer.number)), \(accrued.map(\.amount.units)))
                AS n (customer, amount)
             WHERE b.customer_id = n.customer
            """)
    }

    /// Nothing is left that accrues: all that has a price was invoiced, or there was nothing.
    func setCovered(
        _ customers: [CustomerID], through now: Timestamp
    ) async throws(StorageError) {
        guard !customers.isEmpty else { return }
        try await execute(
            """
            UPDATE billing_accounts
               SET covered_through = \(now), accrued_micro_usdc = 0, is_stale = false
             WHERE customer_id = ANY(\(customers.map(\.number)))
            """)
    }

    func lockCredits(_ customers: [CustomerID]) async throws(StorageError) -> [CreditRow] {
        try await rows(
            """
            SELECT customer_id, credit_id, remaining_micro_usdc FROM billing_credits
             WHERE customer_id = ANY(\(customers.map(\.number))) AND remaining_micro_usdc > 0
             ORDER BY credit_id FOR UPDATE
            """)
    }
}

extension StatementRunner {
    func openSums(_ customers: [CustomerID]) async throws(StorageError) -> [OpenSumRow] {
        try await rows(
            """
            SELECT u.customer_id, u.service_type, u.tier, u.hour, u.successful, u.invoiced
              FROM usage_records AS u
             WHERE u.customer_id = ANY(\(customers.map(\.number))) AND u.successful > u.invoiced
               AND \(sql: .known)
            """)
    }

    /// Requests of each group that stand on invoices.
    func invoicedGroups(
        _ customers: [CustomerID], months: Set<Month>
    ) async throws(StorageError) -> [InvoicedGroupRow] {
        try await rows(
            """
            SELECT customer_id, month::timestamp AT TIME ZONE 'UTC', service_type, tier,
                price_version, max(before_requests + requests)
              FROM billing_lines
             WHERE customer_id = ANY(\(customers.map(\.number)))
               AND month = ANY(\(months.map { "\($0)-01" })::date[])
               AND before_requests IS NOT NULL
             GROUP BY customer_id, month, service_type, tier, price_version
            """)
    }

    func billingAccount(
        of customer: CustomerID
    ) async throws(StorageError) -> BillingAccountRow? {
        try await first(
            """
            SELECT \(sql: .accountColumns) FROM billing_accounts AS b
             WHERE b.customer_id = \(customer.number)
            """)
    }
}
