/// Base64 of RFC 4648: section 4 with padding, section 5 (URL alphabet) without.
///
/// Decoding takes the one canonical text of a value: exact padding, unused bits zero, no white
/// space. Two texts that decode alike would let one signature or token appear under two names.
public enum Base64 {
    /// Standard alphabet, padded.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        withContiguous(bytes) { write($0, in: .standard, isPadded: true) }
    }

    /// URL alphabet, unpadded.
    public static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
        withContiguous(bytes) { write($0, in: .url, isPadded: false) }
    }

    /// Standard alphabet, padded.
    public static func decode(_ text: some StringProtocol) throws(Base64Error) -> [UInt8] {
        try decode(utf8: text.utf8)
    }

    /// Standard alphabet, padded; the text as ASCII bytes.
    public static func decode(utf8 text: some Collection<UInt8>) throws(Base64Error) -> [UInt8] {
        try withContiguous(text) { read($0, in: .standard, isPadded: true) }.get()
    }

    /// URL alphabet, unpadded.
    public static func decodeURL(_ text: some StringProtocol) throws(Base64Error) -> [UInt8] {
        try decodeURL(utf8: text.utf8)
    }

    /// URL alphabet, unpadded; the text as ASCII bytes.
    public static func decodeURL(
        utf8 text: some Collection<UInt8>
    ) throws(Base64Error) -> [UInt8] {
        try withContiguous(text) { read($0, in: .url, isPadded: false) }.get()
    }

    private static func withContiguous<Result>(
        _ bytes: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        if let result = bytes.withContiguousStorageIfAvailable(body) { return result }
        return Array(bytes).withUnsafeBufferPointer(body)
    }
}

extension Base64 {
    private static func write(
        _ bytes: UnsafeBufferPointer<UInt8>, in alphabet: Base64Alphabet, isPadded: Bool
    ) -> String {
        let rest = bytes.count % 3
        let whole = bytes.count / 3 * 4
        let length = rest == 0 ? whole : whole + (isPadded ? 4 : rest + 1)
        return alphabet.characters.withUnsafeBufferPointer { characters in
            String(unsafeUninitializedCapacity: length) { text in
                var output = 0
                for input in stride(from: 0, to: bytes.count - rest, by: 3) {
                    let group =
                        Int(bytes[input]) << 16 | Int(bytes[input + 1]) << 8
                        | Int(bytes[input + 2])
                    text[output] = characters[group >> 18]
                    text[output + 1] = characters[group >> 12 & 63]
                    text[output + 2] = characters[group >> 6 & 63]
                    text[output + 3] = characters[group & 63]
                    output += 4
                }
                guard rest > 0 else { return length }
                let second = rest == 2 ? Int(bytes[bytes.count - 1]) : 0
                let group = Int(bytes[bytes.count - rest]) << 16 | second << 8
                for place in 0..<(length - whole) {
                    let character = characters[group >> (18 - 6 * place) & 63]
                    text[whole + place] = place <= rest ? character : padding
                }
                return length
            }
        }
    }

    private static func read(
        _ text: UnsafeBufferPointer<UInt8>, in alphabet: Base64Alphabet, isPadded: Bool
    ) -> Result<[UInt8], Base64Error> {
        var length = text.count
        if isPadded {
            guard length % 4 == 0 else { return .failure(.invalidLength(length)) }
            for _ in 0..<2 where length > 0 && text[length - 1] == padding { length -= 1 }
        }
        guard length % 4 != 1 else { return .failure(.invalidLength(text.count)) }
        var marks = Marks()
        let bytes = alphabet.values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: length * 3 / 4) { bytes, count in
                marks = readGroups(text, length, values, into: bytes)
                count = length * 3 / 4
            }
        }
        guard marks.seen & Base64Alphabet.invalid == 0 else {
            let offset = text.firstIndex { alphabet.values[Int($0)] == Base64Alphabet.invalid }
            return .failure(.invalidCharacter(offset: offset ?? length))
        }
        return marks.unusedBits == 0 ? .success(bytes) : .failure(.unusedBitsSet)
    }

    /// What is judged once at the end and not at every character.
    private struct Marks {
        /// All values or-ed together.
        var seen: UInt8 = 0
        /// The bits of the last character that belong to no byte.
        var unusedBits: UInt32 = 0
    }

    private static func readGroups(
        _ text: UnsafeBufferPointer<UInt8>, _ length: Int, _ values: UnsafeBufferPointer<UInt8>,
        into bytes: UnsafeMutableBufferPointer<UInt8>
    ) -> Marks {
        let rest = length % 4
        var marks = Marks()
        var output = 0
        for input in stride(from: 0, to: length - rest, by: 4) {
            let first = values[Int(text[input])]
            let second = values[Int(text[input + 1])]
            let third = values[Int(text[input + 2])]
            let fourth = values[Int(text[input + 3])]
            marks.seen |= first | second | third | fourth
            let group =
                UInt32(first) << 18 | UInt32(second) << 12 | UInt32(third) << 6 | UInt32(fourth)
            bytes[output] = UInt8(truncatingIfNeeded: group >> 16)
            bytes[output + 1] = UInt8(truncatingIfNeeded: group >> 8)
            bytes[output + 2] = UInt8(truncatingIfNeeded: group)
            output += 3
        }
        guard rest > 0 else { return marks }
        let first = values[Int(text[length - rest])]
        let second = values[Int(text[length - rest + 1])]
        let third = rest == 3 ? values[Int(text[length - 1])] : 0
        marks.seen |= first | second | third
        let group = UInt32(first) << 18 | UInt32(second) << 12 | UInt32(third) << 6
        bytes[output] = UInt8(truncatingIfNeeded: group >> 16)
        if rest == 3 { bytes[output + 1] = UInt8(truncatingIfNeeded: group >> 8) }
        marks.unusedBits = group & (rest == 2 ? 0xFFFF : 0xFF)
        return marks
    }

    private static let padding = UInt8(ascii: "=")
}
