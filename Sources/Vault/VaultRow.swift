import Identifiers
import Services
import Storage

/// A key as the vault's statements read it, with its customer's instance.
struct VaultRow: SQLRow {
    let key: APIKeyHash
    /// Nil where the key is not to be known.
    let served: Served?

    struct Served: Sendable {
        let customer: CustomerID
        let service: ServiceType
        let state: InstanceState
        let tier: ServiceTier
        let hasBurst: Bool
        let vaultKey: String
    }

    init(from columns: inout SQLColumns) throws(StorageError) {
        let bytes: [UInt8] = try columns.next()
        guard let key = APIKeyHash(bytes: bytes) else {
            throw .unexpectedValue(column: "key_hash")
        }
        self.key = key
        guard let number: Int64 = try columns.next() else {
            served = nil
            return
        }
        guard let customer = CustomerID(number) else {
            throw .unexpectedValue(column: "customer_id")
        }
        served = Served(
            customer: customer, service: try Self.name(&columns, "service_type"),
            state: try Self.name(&columns, "state"), tier: try Self.name(&columns, "tier"),
            hasBurst: try columns.next(), vaultKey: try columns.next())
    }

    private static func name<Value: RawRepresentable<String>>(
        _ columns: inout SQLColumns, _ column: String
    ) throws(StorageError) -> Value {
        let text: String = try columns.next()
        guard let value = Value(rawValue: text) else { throw .unexpectedValue(column: column) }
        return value
    }
}

extension VaultRow.Served {
    /// - Returns: nil for what no rate is known for.
    func grant(_ rates: VaultRates) throws(VaultRefusal) -> VaultGrant? {
        guard state == .enabled else { return .suspended(customer: customer, service: service) }
        guard let rate = rates[VaultRates.Tariff(service, tier, hasBurst: hasBurst)] else {
            return nil
        }
        return try VaultGrant(customer: customer, tier: tier, rate: rate, service: service)
    }
}
