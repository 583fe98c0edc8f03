public import Determinism
public import Identifiers
public import Storage

extension StatementRunner {
    /// Customers of whom something begins with the month: a whole month of what is served, or a
    /// configuration that was scheduled.
    ///
    /// - Parameters:
    ///   - month: its first moment in UTC.
    ///   - after: goes on after this one.
    public func customersToTurn(
        to month: Timestamp, after: Int64, limit: Int
    ) async throws(StorageError) -> [CustomerID] {
        let rows: [SQLScalar<Int64>] = try await rows(
            """
            SELECT DISTINCT customer_id FROM service_instances
             WHERE customer_id > \(after)
               AND (scheduled_from <= (\(month) AT TIME ZONE 'UTC')::date
                    OR state = 'enabled' AND paid_month < (\(month) AT TIME ZONE 'UTC')::date)
             ORDER BY customer_id LIMIT \(limit)
            """)
        return rows.compactMap { CustomerID($0.value) }
    }
}

extension Transaction {
    /// All instances of several customers, in one order for everybody.
    public func lockInstances(
        of customers: [CustomerID]
    ) async throws(StorageError) -> [InstanceRow] {
        try await rows(
            """
            SELECT \(sql: InstanceRow.columns) FROM service_instances AS i
             WHERE i.customer_id = ANY(\(customers.map(\.number)))
             ORDER BY i.customer_id, i.service_type FOR UPDATE
            """)
    }

    /// Notes that another month is paid for; nothing else of the rows is written, so that HAProxy
    /// has nothing to learn. The rows are locked.
    ///
    /// - Returns: how many were of the version that was read.
    public func storePaidMonths(
        _ rows: [InstanceRow], at now: Timestamp
    ) async throws(StorageError) -> Int {
        let paid = rows.compactMap { row in row.paid.map { (row: row, paid: $0) } }
        guard !paid.isEmpty else { return 0 }
        return try await execute(
            """
            UPDATE service_instances AS i
               SET paid_month = ((timestamptz 'epoch' + n.month * interval '1 millisecond')
                       AT TIME ZONE 'UTC')::date,
                   paid_price_version = n.price, paid_tier = n.tier,
                   paid_has_burst = n.burst = 1, paid_seal_keys = n.seal_keys,
                   paid_packages_per_key = n.packages, paid_api_keys = n.keys,
                   version = i.version + 1, changed_at = \(now)
              FROM unnest(\(paid.map(\.row.customer.number)), \(paid.map(\.row.service.rawValue)),
                \(paid.map(\.row.version)), \(paid.map(\.paid.month.milliseconds)),
                \(paid.map(\.paid.priceVersion)), \(paid.map(\.paid.configuration.tier.rawValue)),
                \(paid.map { Int64($0.paid.configuration.hasBurst ? 1 : 0) }),
                \(paid.map(\.paid.configuration.sealKeys)),
                \(paid.map(\.paid.configuration.packagesPerKey)),
                \(paid.map(\.paid.configuration.apiKeys)))
                AS n (customer, service, version, month, price, tier, burst, seal_keys, packages,
                    keys)
             WHERE i.customer_id = n.customer AND i.service_type = n.service
               AND i.version = n.version
            """)
    }
}
