import Determinism
import Identifiers
import Storage
import SuiProtocol

struct CustomerRow: SQLRow {
    var customer: Customer

    static let columns: SQL = """
        customer_id, wallet_address, status, display_name, created_at, \(sql: escrowAccount)
        """

    /// Those of the table itself.
    static let stored: SQL = """
        customer_id, wallet_address, status, display_name, created_at
        """

    /// The account that is charged, for what has a `wallet_address`.
    static let escrowAccount: SQL = """
        (SELECT e.account_id FROM escrow_accounts AS e
          WHERE e.owner = wallet_address AND e.is_primary)
        """

    init(from columns: inout SQLColumns) throws(StorageError) {
        let number: Int64 = try columns.next()
        let address: [UInt8] = try columns.next()
        let status: String = try columns.next()
        guard let id = CustomerID(number), let walletAddress = try? SuiAddress(bytes: address),
            let status = CustomerStatus(rawValue: status)
        else { throw .unexpectedValue(column: "customers") }
        customer = Customer(
            id: id, walletAddress: walletAddress, status: status,
            displayName: try columns.next(), createdAt: try columns.next())
        let account: [UInt8]? = try columns.next()
        customer.escrowAccount = account.flatMap { AccountID(bytes: $0) }
    }
}

extension Database {
    func customer(at address: SuiAddress) async throws(StorageError) -> Customer? {
        let row: CustomerRow? = try await first(
            """
            SELECT \(sql: CustomerRow.columns) FROM customers
             WHERE wallet_address = \(address.bytes)
            """)
        return row?.customer
    }

    func customer(_ id: CustomerID) async throws(StorageError) -> Customer? {
        let row: CustomerRow? = try await first(
            "SELECT \(sql: CustomerRow.columns) FROM customers WHERE customer_id = \(id.number)")
        return row?.customer
    }
}

extension StatementRunner {
    /// - Returns: nil when there is no such customer or the account is closed.
    func renameCustomer(
        _ id: CustomerID, to displayName: String?, audit: SQL
    ) async throws(StorageError) -> Customer? {
        let row: CustomerRow? = try await first(
            """
            WITH renamed AS (
                UPDATE customers SET display_name = \(displayName)
                 WHERE customer_id = \(id.number) AND status = 'active'
                RETURNING \(sql: CustomerRow.stored)
            ), audited AS (\(sql: audit))
            SELECT \(sql: CustomerRow.columns) FROM renamed
            """)
        return row?.customer
    }
}

extension SQL {
    /// Columns of the customer that a statement renamed, for its audit record.
    static let renamedCustomer: SQL = "NULL::uuid, customer_id FROM renamed"
}
