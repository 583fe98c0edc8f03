import Identifiers

/// Money in the words of the HTTP contract: decimal digits in a string.
enum AmountShape: Sendable {
    /// More than zero.
    case moving
    /// Zero as well, as where zero means "no limit".
    case any

    /// - Throws: ``AmountError`` for any other spelling.
    func read(_ text: String) throws(AmountError) -> MicroUSDC {
        switch self {
        case .moving: try MicroUSDC(moving: text)
        case .any: try MicroUSDC(parsing: text)
        }
    }

    /// Exactly the texts that are taken, 2⁶³ − 1 being the largest number.
    var pattern: String {
        "^(\(self == .any ? "0|" : "")[1-9][0-9]{0,17}|\(Self.nineteenDigits))$"
    }

    /// Numbers of as many digits as the largest: those that are smaller from some digit on, and
    /// itself.
    private static let nineteenDigits: String = {
        let largest = Array(String(MicroUSDC.max.units))
        var parts: [String] = []
        for (place, digit) in largest.enumerated() {
            guard let value = digit.wholeNumberValue, value > (place == 0 ? 1 : 0) else { continue }
            let rest = largest.count - place - 1
            let digits = "[\(place == 0 ? 1 : 0)-\(value - 1)]"
            parts.append(
                String(largest[..<place]) + digits + (rest > 0 ? "[0-9]{\(rest)}" : ""))
        }
        return (parts + [String(largest)]).joined(separator: "|")
    }()
}

extension AmountError {
    /// In words, for whoever wrote the request.
    var expectation: String {
        switch self {
        case .empty, .notDigits: "decimal digits alone, in a string"
        case .leadingZero: "a number without leading zeros"
        case .zero: "more than zero"
        case .tooLarge: "at most \(MicroUSDC.max)"
        }
    }
}
