public import Determinism
public import Identifiers
public import Storage

extension StatementRunner {
    /// Nil before the customer has chosen anything of the service.
    public func instance(
        _ customer: CustomerID, _ type: ServiceType
    ) async throws(StorageError) -> InstanceRow? {
        try await first(
            """
            SELECT \(sql: InstanceRow.columns) FROM service_instances AS i
             WHERE i.customer_id = \(customer.number) AND i.service_type = \(type.rawValue)
            """)
    }

    /// By the name of their services.
    public func instances(of customer: CustomerID) async throws(StorageError) -> [InstanceRow] {
        try await rows(
            """
            SELECT \(sql: InstanceRow.columns) FROM service_instances AS i
             WHERE i.customer_id = \(customer.number) ORDER BY i.service_type
            """)
    }
}

extension Transaction {
    /// Nobody else changes the instance until the transaction ends. Comes before a lock on the
    /// customer's escrow account, with all who take both.
    ///
    /// - Returns: nil when there is none yet; then nobody else makes it meanwhile.
    public func lockInstance(
        _ customer: CustomerID, _ type: ServiceType
    ) async throws(StorageError) -> InstanceRow? {
        if let row = try await lockedInstance(customer, type) { return row }
        // Who comes second to make the first row waits here, and then finds it.
        try await execute(
            """
            SELECT FROM customers WHERE customer_id = \(customer.number) FOR NO KEY UPDATE
            """)
        return try await lockedInstance(customer, type)
    }

    /// Writes the row where it is still of the version that was read, and makes it when it was
    /// none. Which tier holds from when on is noted when the service is served, and the vault is
    /// told when HAProxy has to treat the customer differently.
    ///
    /// - Returns: false when somebody else was first: nothing was written.
    public func store(_ row: InstanceRow, at now: Timestamp) async throws(StorageError) -> Bool {
        let written: SQL = row.version == 0 ? row.insertion(at: now) : row.update(at: now)
        let isNews: Bool? = try await value(
            """
            WITH old AS (
                SELECT state, tier, has_burst FROM service_instances
                 WHERE customer_id = \(row.customer.number)
                   AND service_type = \(row.service.rawValue)
            ), stored AS (\(sql: written)), last AS (
                SELECT p.starts_at, p.tier FROM service_tier_periods AS p JOIN stored
                 USING (customer_id, service_type) ORDER BY p.starts_at DESC LIMIT 1
            ), period AS (
                INSERT INTO service_tier_periods (customer_id, service_type, starts_at, tier)
                SELECT customer_id, service_type,
                       greatest(\(now), (SELECT starts_at FROM last)), tier
                  FROM stored
                 WHERE state = 'enabled' AND tier IS DISTINCT FROM (SELECT tier FROM last)
                ON CONFLICT ON CONSTRAINT service_tier_periods_pkey
                    DO UPDATE SET tier = excluded.tier
            )
            SELECT (s.state, s.tier, s.has_burst)
                   IS DISTINCT FROM (SELECT (state, tier, has_burst) FROM old)
              FROM stored AS s
            """)
        guard let isNews else { return false }
        if isNews { try await announceVaultChange() }
        return true
    }

    private func lockedInstance(
        _ customer: CustomerID, _ type: ServiceType
    ) async throws(StorageError) -> InstanceRow? {
        try await first(
            """
            SELECT \(sql: InstanceRow.columns) FROM service_instances AS i
             WHERE i.customer_id = \(customer.number) AND i.service_type = \(type.rawValue)
               FOR UPDATE
            """)
    }
}

extension InstanceRow {
    private static let named: SQL = """
        customer_id, service_type, state, tier, has_burst
        """

    fileprivate func insertion(at now: Timestamp) -> SQL {
        """
        INSERT INTO service_instances (customer_id, service_type, created_at, version,
            \(sql: Self.written))
        VALUES (\(customer.number), \(service.rawValue), \(now), 1, \(sql: values(at: now)))
        ON CONFLICT DO NOTHING RETURNING \(sql: Self.named)
        """
    }

    fileprivate func update(at now: Timestamp) -> SQL {
        """
        UPDATE service_instances SET version = version + 1,
            (\(sql: Self.written)) = (\(sql: values(at: now)))
         WHERE customer_id = \(customer.number) AND service_type = \(service.rawValue)
           AND version = \(version)
        RETURNING \(sql: Self.named)
        """
    }

    private static let written: SQL = """
        state, tier, has_burst, seal_keys, packages_per_key, api_keys, scheduled_from,
        scheduled_tier, scheduled_has_burst, scheduled_seal_keys, scheduled_packages_per_key,
        scheduled_api_keys, paid_month, paid_price_version, paid_tier, paid_has_burst,
        paid_seal_keys, paid_packages_per_key, paid_api_keys, changed_at
        """

    /// In the order of the names above.
    private func values(at now: Timestamp) -> SQL {
        """
        \(state.rawValue), \(sql: Self.values(configuration)),
        (\(scheduled?.from) AT TIME ZONE 'UTC')::date, \(sql: Self.values(scheduled?.configuration)),
        (\(paid?.month) AT TIME ZONE 'UTC')::date, \(paid?.priceVersion),
        \(sql: Self.values(paid?.configuration)), \(now)
        """
    }

    private static func values(_ chosen: ServiceConfiguration?) -> SQL {
        """
        \(chosen?.tier.rawValue), \(chosen?.hasBurst), \(chosen?.sealKeys),
        \(chosen?.packagesPerKey), \(chosen?.apiKeys)
        """
    }
}
