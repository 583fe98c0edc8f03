import Determinism

/// A line of the log in the making: a JSON object with `time`, `level`, `message` and what it
/// concerns. Written field by field, because a line for every request is most of a log.
public struct LogLine {
    private(set) var bytes: [UInt8] = []

    /// Bytes that nearly every line stays below.
    private static let usualCount = 512

    init(time: Timestamp, level: LogLevel, message: String) {
        bytes.reserveCapacity(Self.usualCount)
        append(#"{"time":""#)
        time.appendRFC3339(to: &bytes)
        append(#"","level":""#)
        append(level.name)
        append(#"","message":"#)
        appendQuoted(message)
    }

    /// - Parameter name: ours, never a client's; values may be anybody's and are escaped.
    public mutating func add(_ name: String, _ text: String) {
        start(name)
        appendQuoted(text)
    }

    public mutating func add(_ name: String, _ number: Int64) {
        start(name)
        append(String(number))
    }

    public mutating func add(_ name: String, _ flag: Bool) {
        start(name)
        append(flag ? "true" : "false")
    }

    mutating func add(_ field: (name: String, value: LogValue)) {
        switch field.value {
        case .text(let text): add(field.name, text)
        case .number(let number): add(field.name, number)
        case .flag(let flag): add(field.name, flag)
        }
    }

    mutating func end() { append("}\n") }

    private mutating func start(_ name: String) {
        append(#",""#)
        append(name)
        append(#"":"#)
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    private mutating func appendQuoted(_ text: String) {
        var text = text
        bytes.append(0x22)
        text.withUTF8 { characters in
            if characters.contains(where: Self.needsEscape) {
                for character in characters { appendEscaped(character) }
            } else {
                bytes.append(contentsOf: characters)
            }
        }
        bytes.append(0x22)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private mutating func appendEscaped(_ byte: UInt8) {
        guard Self.needsEscape(byte) else { return bytes.append(byte) }
        guard byte < 0x20 || byte == 0x7F else {
            bytes.append(0x5C)
            return bytes.append(byte)
        }
        append(#"\u00"#)
        bytes.append(Self.hexDigits[Int(byte >> 4)])
        bytes.append(Self.hexDigits[Int(byte & 15)])
    }
}
