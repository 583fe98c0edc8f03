/// Names and values of a query or of a form's body (`application/x-www-form-urlencoded`).
struct FormFields: Sendable {
    private static let limit = 64

    private let values: [String: String]

    static let none = FormFields(values: [:])

    init(values: [String: String]) { self.values = values }

    /// - Returns: nil for what is no such text, names something twice, or too much.
    init?(parsing text: String) {
        var values: [String: String] = [:]
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0]),
                let value = halves.count == 2 ? Self.decoded(halves[1]) : "",
                values.updateValue(value, forKey: name) == nil, values.count <= Self.limit
            else { return nil }
        }
        self.values = values
    }

    /// Nil when absent or empty.
    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    static let reasonLimit = 500

    /// Why an operator does something: some words on one line; nil for anything else.
    var reason: String? {
        guard let words = self["reason"], words.count <= Self.reasonLimit,
            !words.utf8.contains(where: { $0 < 0x20 })
        else { return nil }
        return words
    }

    /// - Returns: nil for a broken escape, or bytes that are not UTF-8.
    private static func decoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `name=value` with everything but letters, digits, `-`, `.`, `_` and `~` escaped.
    static func encoded(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { encoded($0.name) + "=" + encoded($0.value) }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
