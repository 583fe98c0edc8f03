import ByteCodecs
import Storage

extension MockTrafficKey: SQLRow {
    init(from columns: inout SQLColumns) throws(StorageError) {
        let hash: [UInt8] = try columns.next()
        self.init(
            hash: Hex.encode(hash), service: try columns.next(), tier: try columns.next(),
            isSuspended: try columns.next())
    }
}

extension BulkTransaction {
    /// Keys that HAProxy knows, of services that are enabled or wait for money.
    func mockTrafficKeys() throws(StorageError) -> [MockTrafficKey] {
        try rows(
            """
            SELECT k.key_hash, k.service_type, coalesce(
                (SELECT p.tier FROM service_tier_periods AS p
                  WHERE p.customer_id = k.customer_id AND p.service_type = k.service_type
                  ORDER BY p.starts_at DESC LIMIT 1), 'starter'),
                i.state <> 'enabled'
              FROM api_keys AS k JOIN service_instances AS i
                ON i.customer_id = k.customer_id AND i.service_type = k.service_type
             WHERE k.state = 'active'
               AND i.state IN ('enabled', 'suspended_no_payment', 'suspended_spending_limit')
             ORDER BY k.api_key_id LIMIT 200
            """)
    }
}
