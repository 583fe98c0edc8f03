public import ByteCodecs
public import Identifiers

/// Why a price book is refused, and where.
public struct PriceBookError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        case notJSON(JSONError.Reason)
        case field(JSONFieldError)
        case notAnAmount(AmountError)
        case outOfRange(minimum: Int64, maximum: Int64)
        /// Not `YYYY-MM-DD`, or a day that does not exist.
        case notADate
        /// None of the words known for it.
        case unknownWord(String)
        /// Not 1 to 64 printable ASCII characters.
        case notAText
        /// A second one of a kind of which there can be one.
        case repeated(String)
        /// Two versions with one number, or in force at the same time, or out of order.
        case overlapping
        case empty
    }

    public let reason: Reason
    /// As `versions[0].services[1].tiers[0]`; empty for the whole text.
    public let place: String
    /// From one; of what is named, or of what should hold it.
    public let line: Int

    public var description: String {
        "line \(line)\(place.isEmpty ? "" : ", \(place)"): \(explanation)"
    }

    private var explanation: String {
        switch reason {
        case .notJSON(let reason): "not JSON: \(reason.rawValue)"
        case .field(let error): error.description
        case .notAnAmount(.tooLarge): "above \(PriceBook.amountLimit) micro-USDC"
        case .notAnAmount: "an amount is a text of digits, in micro-USDC"
        case .outOfRange(let minimum, let maximum): "must be \(minimum) to \(maximum)"
        case .notADate: "a date is YYYY-MM-DD"
        case .unknownWord(let word): "\(word) is not known here"
        case .notAText: "must be 1 to 64 printable ASCII characters"
        case .repeated(let word): "\(word) stands there twice"
        case .overlapping: "numbers and dates of versions must rise"
        case .empty: "must not be empty"
        }
    }
}
