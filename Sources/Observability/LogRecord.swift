public import Determinism

/// How much a log line matters, least first.
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case debug, info, warning, error

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }
}

/// A fact on a log line. Secrets have no case: nothing that holds one converts to this.
public enum LogValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    case text(String)
    case number(Int64)
    case flag(Bool)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
}

/// One line of the log: a JSON object with `time`, `level`, `message` and what it concerns.
public struct LogRecord: Sendable {
    public var time: Timestamp
    public var level: LogLevel
    public var message: String
    public var fields: [(name: String, value: LogValue)]

    public init(
        time: Timestamp, level: LogLevel, message: String,
        fields: [(name: String, value: LogValue)]
    ) {
        self.time = time
        self.level = level
        self.message = message
        self.fields = fields
    }

    /// Field names are ours, never a client's; values may be anybody's and are escaped.
    public func appendLine(to line: inout [UInt8]) {
        line.append(contentsOf: #"{"time":""#.utf8)
        line.append(contentsOf: time.rfc3339.utf8)
        line.append(contentsOf: #"","level":""#.utf8)
        line.append(contentsOf: level.name.utf8)
        line.append(contentsOf: #"","message":"#.utf8)
        Self.appendQuoted(message, to: &line)
        for field in fields {
            line.append(contentsOf: #",""#.utf8)
            line.append(contentsOf: field.name.utf8)
            line.append(contentsOf: #"":"#.utf8)
            switch field.value {
            case .text(let text): Self.appendQuoted(text, to: &line)
            case .number(let number): line.append(contentsOf: String(number).utf8)
            case .flag(let flag): line.append(contentsOf: (flag ? "true" : "false").utf8)
            }
        }
        line.append(contentsOf: "}\n".utf8)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func appendQuoted(_ text: String, to line: inout [UInt8]) {
        line.append(0x22)
        var text = text
        let isPlain = text.withUTF8 { bytes in
            guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0x7F })
            else { return false }
            line.append(contentsOf: bytes)
            return true
        }
        if !isPlain { appendEscaped(text, to: &line) }
        line.append(0x22)
    }

    private static func appendEscaped(_ text: String, to line: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                line.append(0x5C)
                line.append(byte)
            case 0x00..<0x20, 0x7F:
                line.append(contentsOf: #"\u00"#.utf8)
                line.append(hexDigits[Int(byte >> 4)])
                line.append(hexDigits[Int(byte & 15)])
            default:
                line.append(byte)
            }
        }
    }
}
