/// The grammar of strings, RFC 8259 section 7.
enum JSONString {
    /// - Parameter position: at the opening quote; afterwards behind the closing one.
    static func read(
        from input: UnsafeBufferPointer<UInt8>, at position: inout Int
    ) throws(JSONError) -> String {
        let opening = position
        position += 1
        let start = position
        try skipPlain(input, &position)
        if input[position] == UInt8(ascii: "\"") {
            let content = UnsafeBufferPointer(rebasing: input[start..<position])
            position += 1
            return try text(of: content, opening)
        }
        var content = Array(input[start..<position])
        while input[position] != UInt8(ascii: "\"") {
            position += 1
            try readEscape(input, &position, into: &content)
            let plain = position
            try skipPlain(input, &position)
            content.append(contentsOf: input[plain..<position])
        }
        position += 1
        return try text(of: content, opening)
    }

    private static func text(
        of content: some Collection<UInt8>, _ opening: Int
    ) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw JSONError(.invalidUTF8, at: opening)
        }
        return text
    }

    /// Moves to the next quote or backslash.
    private static func skipPlain(
        _ input: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) throws(JSONError) {
        while position < input.count {
            let byte = input[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x20 else { throw JSONError(.controlCharacter, at: position) }
            position += 1
        }
        throw JSONError(.unexpectedEnd, at: position)
    }

    /// - Parameter position: behind the backslash; afterwards behind the escape.
    private static func readEscape(
        _ input: UnsafeBufferPointer<UInt8>, _ position: inout Int, into content: inout [UInt8]
    ) throws(JSONError) {
        guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
        let escape = input[position]
        position += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(escape)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            content.append(contentsOf: String(try readScalar(input, &position)).utf8)
        default: throw JSONError(.invalidEscape, at: position - 2)
        }
    }

    private static func readScalar(
        _ input: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) throws(JSONError) -> Character {
        let start = position - 2
        let first = try readUnit(input, &position)
        var value = UInt32(first)
        if UTF16.isLeadSurrogate(first) {
            guard position + 1 < input.count, input[position] == UInt8(ascii: "\\"),
                input[position + 1] == UInt8(ascii: "u")
            else { throw JSONError(.loneSurrogate, at: start) }
            position += 2
            let second = try readUnit(input, &position)
            guard UTF16.isTrailSurrogate(second) else {
                throw JSONError(.loneSurrogate, at: start)
            }
            value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw JSONError(.loneSurrogate, at: start) }
        return Character(scalar)
    }

    /// Four hexadecimal digits.
    private static func readUnit(
        _ input: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
            guard let digit = Hex.value(of: input[position]) else {
                throw JSONError(.invalidEscape, at: position)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
