import Determinism
import Identifiers
import Storage
import SuiProtocol

/// An account with what is held on it.
struct AccountRow: SQLRow {
    static let columns: SQL = """
        a.account_id, a.owner, a.is_primary, a.balance_micro_usdc, a.held_micro_usdc,
        a.spending_limit_micro_usdc, a.period_start, a.period_charged_micro_usdc, a.sequence,
        a.frozen_for
        """

    var mirror: AccountMirror
    var held: MicroUSDC

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextAccountID()
        let owner = try columns.nextAddress()
        let isPrimary: Bool = try columns.next()
        let balance = try columns.nextAmount()
        held = try columns.nextAmount()
        let limit = try columns.nextAmount()
        let start: Timestamp = try columns.next()
        let charged = try columns.nextAmount()
        let sequence: Int64 = try columns.next()
        let frozen: String? = try columns.next()
        mirror = AccountMirror(
            id: id, owner: owner, isPrimary: isPrimary, balance: balance, spendingLimit: limit,
            periodStart: start, periodCharged: charged, sequence: sequence,
            freeze: frozen.map { BreakClass(rawValue: $0) ?? .balance })
    }

    /// Below zero after a withdrawal under a hold.
    var available: MicroUSDC { MicroUSDC(mirror.balance.units - held.units) }
}

extension SQLColumns {
    mutating func nextAccountID() throws(StorageError) -> AccountID {
        guard let id = AccountID(bytes: try next()) else {
            throw .unexpectedValue(column: "account_id")
        }
        return id
    }

    mutating func nextAddress() throws(StorageError) -> SuiAddress {
        let bytes: [UInt8] = try next()
        guard let address = try? SuiAddress(bytes: bytes) else {
            throw .unexpectedValue(column: "owner")
        }
        return address
    }

    mutating func nextAmount() throws(StorageError) -> MicroUSDC { MicroUSDC(try next()) }

    mutating func nextChargeID() throws(StorageError) -> ChargeID {
        let value: SQLUUID = try next()
        guard let uuid = UUIDv7(bytes: value.bytes) else {
            throw .unexpectedValue(column: "charge_id")
        }
        return ChargeID(uuid)
    }

    /// Nil is SQL's NULL.
    mutating func nextDigest() throws(StorageError) -> TransactionDigest? {
        guard let bytes: [UInt8] = try next() else { return nil }
        guard let digest = try? TransactionDigest(bytes: bytes) else {
            throw .unexpectedValue(column: "digest")
        }
        return digest
    }
}

extension ChargeID {
    var sqlValue: SQLUUID { SQLUUID(bytes: uuid.bytes) }
}
