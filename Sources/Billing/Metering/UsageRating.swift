public import Determinism
import Identifiers

/// Turns one customer's hourly sums into invoice lines.
///
/// The sums may come in any order. Requests of an hour that was over when the last invoice was
/// made are late, and get lines of their own.
public struct UsageRating: Sendable {
    private let book: PriceBook
    private let coveredThrough: Timestamp?

    /// - Parameter coveredThrough: until when the last invoice has taken what there was; nil for
    ///   a customer's first. Every month's end moves it on, be there something to invoice or not.
    public init(by book: PriceBook, coveredThrough: Timestamp?) {
        self.book = book
        self.coveredThrough = coveredThrough
    }

    /// Each group by itself: one that cannot be rated keeps no other from being invoiced.
    ///
    /// - Parameter sums: at least those with requests that were not invoiced; each once.
    /// - Parameter invoicedBefore: requests of each group that stand on invoices; absent is none.
    public func rate(
        _ sums: some Sequence<UsageSum>, invoicedBefore: [UsageGroup: Int64]
    ) -> RatedUse {
        var lines: [InvoiceLine] = []
        var (groups, refused) = grouped(sums)
        for (group, sums) in groups.sorted(by: { $0.key < $1.key }) {
            do throws(RatingError) {
                lines += try self.lines(group, sums, before: invoicedBefore[group] ?? 0)
            } catch {
                refused.append(error)
            }
        }
        return RatedUse(lines: lines, refused: refused)
    }

    private func lines(
        _ group: UsageGroup, _ sums: [UsageSum], before: Int64
    ) throws(RatingError) -> [InvoiceLine] {
        var before = before
        var lines: [InvoiceLine] = []
        let late = try parts(of: sums) { isLate($0) }
        let timely = try parts(of: sums) { !isLate($0) }
        for (parts, isLate) in [(late, true), (timely, false)] where !parts.isEmpty {
            let charge = UsageCharge(group: group, before: before, parts: parts)
            lines.append(
                InvoiceLine(
                    isLate ? .lateUsage(charge) : .usage(charge),
                    amount: try charge.cost(by: book)))
            before += try charge.count()  // Fits: the cost of their sum was computed.
        }
        return lines
    }

    private func isLate(_ hour: Hour) -> Bool {
        coveredThrough.map { hour.end <= $0 } ?? false
    }

    /// Sums of hours before the first prices belong to no group: the first of them is told.
    private func grouped(
        _ sums: some Sequence<UsageSum>
    ) -> (groups: [UsageGroup: [UsageSum]], refused: [RatingError]) {
        var groups: [UsageGroup: [UsageSum]] = [:]
        var unpriced: Hour?
        for sum in sums where sum.successful != sum.invoiced {
            guard let version = book.version(at: sum.hour.start) else {
                unpriced = min(unpriced ?? sum.hour, sum.hour)
                continue
            }
            let group = UsageGroup(
                month: Month(containing: sum.hour.start), service: sum.service, tier: sum.tier,
                priceVersion: version.number)
            groups[group, default: []].append(sum)
        }
        return (groups, unpriced.map { [.noPriceVersion(at: $0.start)] } ?? [])
    }

    private func parts(
        of sums: [UsageSum], where isTaken: (Hour) -> Bool
    ) throws(RatingError) -> [UsageCharge.Part] {
        var parts: [UsageCharge.Part] = []
        for sum in sums.sorted(by: { $0.hour < $1.hour }) where isTaken(sum.hour) {
            guard sum.invoiced >= 0, sum.successful > sum.invoiced else {
                throw .usageFell(sum.hour)
            }
            guard parts.last?.hour != sum.hour else { throw .hourTwice(sum.hour) }
            parts.append(
                UsageCharge.Part(hour: sum.hour, from: sum.invoiced, through: sum.successful))
        }
        return parts
    }
}
