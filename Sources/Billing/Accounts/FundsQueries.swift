public import Determinism
public import Identifiers
import Services
public import Storage

/// A customer's account and debts, as the database has them at one moment.
struct FundsRow: SQLRow {
    /// The contract's period. Source: `Docs/Sources.md#escrow-contract`.
    private static let periodMilliseconds: Int64 = 28 * 86_400_000

    static let columns: SQL = """
        c.customer_id, coalesce(a.balance_micro_usdc, 0), coalesce(a.held_micro_usdc, 0),
        coalesce(a.spending_limit_micro_usdc, 0), coalesce(a.period_start, 'epoch'),
        coalesce(a.period_charged_micro_usdc, 0), coalesce(b.accrued_micro_usdc, 0),
        coalesce(d.closed, 0), coalesce(d.past_due, 0), coalesce(d.is_unsettled, false),
        coalesce(g.credit, 0)
        """

    static let source: SQL = """
        customers AS c
          LEFT JOIN escrow_accounts AS a ON a.owner = c.wallet_address AND a.is_primary
          LEFT JOIN billing_accounts AS b ON b.customer_id = c.customer_id
          LEFT JOIN LATERAL (
            SELECT sum(r.total_micro_usdc) FILTER (WHERE r.state = 'closed')::bigint AS closed,
                sum(r.total_micro_usdc) FILTER (WHERE r.state = 'past_due')::bigint AS past_due,
                bool_or(r.state IN ('closed', 'charging')) AS is_unsettled
              FROM billing_records AS r
             WHERE r.customer_id = c.customer_id
               AND r.state IN ('open', 'closed', 'charging', 'past_due')) AS d ON true
          LEFT JOIN LATERAL (
            SELECT least(9223372036854775807, coalesce(sum(remaining_micro_usdc), 0))::bigint
                AS credit
              FROM billing_credits
             WHERE customer_id = c.customer_id AND remaining_micro_usdc > 0) AS g ON true
        """

    let customer: CustomerID
    let isUnsettled: Bool
    private let balance: MicroUSDC
    private let held: MicroUSDC
    private let limit: MicroUSDC
    private let periodStart: Timestamp
    private let periodCharged: MicroUSDC
    private let accrued: MicroUSDC
    private let closed: MicroUSDC
    private let pastDue: MicroUSDC
    private let credit: MicroUSDC

    init(from columns: inout SQLColumns) throws(StorageError) {
        customer = try columns.nextCustomerID()
        balance = MicroUSDC(try columns.next())
        held = MicroUSDC(try columns.next())
        limit = MicroUSDC(try columns.next())
        periodStart = try columns.next()
        periodCharged = MicroUSDC(try columns.next())
        accrued = MicroUSDC(try columns.next())
        closed = MicroUSDC(try columns.next())
        pastDue = MicroUSDC(try columns.next())
        isUnsettled = try columns.next()
        credit = MicroUSDC(try columns.next())
    }

    /// - Parameter use: what open use costs, where that was computed just now.
    func funds(at now: Timestamp, use: MicroUSDC? = nil) -> Funds {
        let hasPeriodEnded =
            now.milliseconds - periodStart.milliseconds >= Self.periodMilliseconds
        let use = (use ?? accrued).units
        // Its invoice will take so much credit.
        let covered = min(use, credit.units)
        let owed = Int128(use - covered) + Int128(closed.units)
        return Funds(
            balance: balance, held: held, accrued: MicroUSDC(Int64(clamping: owed)),
            pastDue: pastDue, spendingLimit: limit,
            periodCharged: hasPeriodEnded ? .zero : periodCharged,
            credit: MicroUSDC(credit.units - covered))
    }
}

extension StatementRunner {
    func fundsRow(of customer: CustomerID) async throws(StorageError) -> FundsRow? {
        try await first(
            """
            SELECT \(sql: FundsRow.columns) FROM \(sql: FundsRow.source)
             WHERE c.customer_id = \(customer.number)
            """)
    }

    /// What a customer owes and no charge is planned for yet, as far as use has been rated.
    public func debts(
        of customer: CustomerID, at now: Timestamp
    ) async throws(StorageError) -> MicroUSDC {
        guard let funds = try await fundsRow(of: customer)?.funds(at: now) else { return .zero }
        return (try? funds.accrued.adding(funds.pastDue)) ?? MicroUSDC(.max)
    }

    func ratedUse(
        of account: BillingAccountRow, by book: PriceBook
    ) async throws(StorageError) -> RatedUse {
        let sums = try await openSums([account.customer])
        let groups = try await invoicedGroups([account.customer], months: sums.months)
        var use = OpenUse(account)
        use.sums = sums.map(\.sum)
        for row in groups { use.invoicedBefore[row.group] = row.requests }
        return use.rated(by: book)
    }

    /// A customer's means at this moment, with all metered use at its price.
    ///
    /// - Returns: nil for a customer that there is not.
    public func funds(
        of customer: CustomerID, at now: Timestamp, by book: PriceBook
    ) async throws(StorageError) -> Funds? {
        guard let row = try await fundsRow(of: customer) else { return nil }
        guard let account = try await billingAccount(of: customer) else {
            return row.funds(at: now)
        }
        return row.funds(at: now, use: try await ratedUse(of: account, by: book).cost)
    }
}
