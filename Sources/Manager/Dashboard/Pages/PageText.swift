import ByteCodecs

/// Values as a person reads them.
enum PageText {
    static func shown(_ value: JSONValue, _ format: PageFormat) -> String {
        switch (format, value) {
        case (.amount, .integer(let units)): amount(units)
        case (.duration, .integer(let milliseconds)): duration(milliseconds)
        case (.time, .string(let text)): time(text)
        case (.number, .integer(let number)): grouped(number)
        default: plain(value)
        }
    }

    /// As it stands in a link or a list.
    static func plain(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let flag): flag ? "yes" : "no"
        case .integer(let number): "\(number)"
        case .decimal(let text): text
        case .string(let text): text
        case .array(let values): values.map(plain).joined(separator: ", ")
        case .object(let object):
            object.members.map { "\($0.name): \(plain($0.value))" }.joined(separator: ", ")
        }
    }

    /// Micro-USDC with two digits at least: `1,234.50 USDC`.
    static func amount(_ units: Int64) -> String {
        let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var fraction = String(String(1_000_000 + rest).dropFirst())
        while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
        return (units < 0 ? "−" : "") + grouped(Int64(whole)) + "." + fraction + " USDC"
    }

    static func duration(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<3_600_000: "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
        default: "\(milliseconds / 3_600_000) h \(milliseconds / 60_000 % 60) min"
        }
    }

    /// `2026-11-21 09:30:00` of RFC 3339.
    static func time(_ text: String) -> String {
        guard text.utf8.count >= 20, text.hasSuffix("Z") else { return text }
        return String(text.prefix(19)).split(separator: "T").joined(separator: " ")
    }

    /// Thousands apart.
    static func grouped(_ number: Int64) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "−" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
