import Identifiers

extension Invoice {
    /// Rates the invoice again from what its lines rest on; `sluice invoice rate`.
    ///
    /// - Parameter stored: successful requests of an hour that are stored now; nil when the hour
    ///   is not looked at, as its raw sums may be gone.
    /// - Returns: nothing for a closed invoice, for ever: versions that have begun do not change,
    ///   and hourly sums only grow.
    public func differences(
        by book: PriceBook, stored: (UsageGroup, Hour) -> Int64? = { _, _ in nil }
    ) -> [RatingDifference] {
        var found: [RatingDifference] = []
        var sum: Int128 = 0
        for (index, line) in lines.enumerated() {
            do throws(RatingError) {
                let rated = try line.rated(by: book)
                sum += Int128(rated.units)
                if rated != line.amount {
                    found.append(.amount(line: index, recorded: line.amount, rated: rated))
                }
            } catch {
                found.append(.notRated(line: index, error))
            }
        }
        found += usageDifferences(stored)
        let rated = MicroUSDC(Int64(clamping: sum))
        if rated != total { found.append(.total(recorded: total, rated: rated)) }
        return found
    }

    private func usageDifferences(
        _ stored: (UsageGroup, Hour) -> Int64?
    ) -> [RatingDifference] {
        var found: [RatingDifference] = []
        var seen: [UsageGroup: [Hour: Int64]] = [:]
        for (index, line) in lines.enumerated() {
            guard let usage = line.usage else { continue }
            for part in usage.parts {
                if part.from < seen[usage.group]?[part.hour] ?? 0 {
                    found.append(.usageTwice(line: index, hour: part.hour))
                }
                seen[usage.group, default: [:]][part.hour] = part.through
                if let count = stored(usage.group, part.hour), count < part.through {
                    found.append(
                        .usageMissing(
                            line: index, hour: part.hour, invoiced: part.through, stored: count))
                }
            }
        }
        return found
    }
}
