public import Identifiers

/// Where an invoice and what it rests on disagree. Lines are counted from zero.
public enum RatingDifference: Hashable, Sendable {
    case amount(line: Int, recorded: MicroUSDC, rated: MicroUSDC)
    case notRated(line: Int, RatingError)
    /// Fewer requests are stored for an hour than stand on the line.
    case usageMissing(line: Int, hour: Hour, invoiced: Int64, stored: Int64)
    /// Requests that another line of the invoice has as well.
    case usageTwice(line: Int, hour: Hour)
    case total(recorded: MicroUSDC, rated: MicroUSDC)
}
