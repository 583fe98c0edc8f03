import Determinism
import Identifiers

/// A customer's use that stands on no invoice, with all it takes to rate it.
struct OpenUse: Sendable {
    var customer: CustomerID
    /// Until when the last invoice has taken what there was.
    var coveredThrough: Timestamp?
    var sums: [UsageSum] = []
    var invoicedBefore: [UsageGroup: Int64] = [:]

    init(_ account: BillingAccountRow) {
        customer = account.customer
        coveredThrough = account.coveredThrough
    }

    func rated(by book: PriceBook) -> RatedUse {
        UsageRating(by: book, coveredThrough: coveredThrough)
            .rate(sums, invoicedBefore: invoicedBefore)
    }

    /// Puts together what was read for several customers.
    static func gather(
        _ accounts: [BillingAccountRow], _ sums: [OpenSumRow], _ invoiced: [InvoicedGroupRow]
    ) -> [OpenUse] {
        var uses = accounts.map { OpenUse($0) }
        let places = Dictionary(uniqueKeysWithValues: uses.indices.map { (uses[$0].customer, $0) })
        for row in sums {
            if let place = places[row.customer] { uses[place].sums.append(row.sum) }
        }
        for row in invoiced {
            if let place = places[row.customer] {
                uses[place].invoicedBefore[row.group] = row.requests
            }
        }
        return uses
    }
}

extension [OpenSumRow] {
    var months: Set<Month> { Set(map { Month(containing: $0.sum.hour.start) }) }
}
