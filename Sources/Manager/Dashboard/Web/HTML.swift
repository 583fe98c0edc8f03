/// A piece of a page in which every value is escaped.
///
/// `"<td>\(text)</td>"` writes the text with its markup made harmless, in content and in quoted
/// attributes; `\(html:)` takes in what was itself built like this. Text that is only known at run
/// time has no other way in.
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral text: StaticString) { self.text = text.description }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    init(joining pieces: [HTML]) { text = pieces.map(\.text).joined() }

    static let empty: HTML = ""

    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(isShown(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return escaped
    }

    /// Control characters, and those that turn the direction of what follows, show as what they
    /// are: something that does not belong there.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: true
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: false
        default: true
        }
    }

    /// Builds a piece from a literal's parts. Only the compiler calls the first three.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }

        mutating func appendInterpolation(_ value: some BinaryInteger) { text += "\(value)" }

        mutating func appendInterpolation(html other: HTML) { text += other.text }
    }
}
