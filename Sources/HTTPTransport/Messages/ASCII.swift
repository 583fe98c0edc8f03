/// Byte classes of RFC 9110 section 5.6.
enum ASCII {
    /// One bit for each of the 128 ASCII characters that may stand in a token.
    private static let tokenBits: (low: UInt64, high: UInt64) = {
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        let others = Array("!#$%&'*+-.^_`|~".utf8)
        for byte in UInt8(0)..<128 {
            let isAlphanumeric =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            guard isAlphanumeric || others.contains(byte) else { continue }
            if byte < 64 {
                bits.low |= 1 << UInt64(byte)
            } else {
                bits.high |= 1 << UInt64(byte - 64)
            }
        }
        return bits
    }()

    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        let bits = tokenBits
        return !bytes.isEmpty
            && bytes.allSatisfy { byte in
                byte < 64
                    ? bits.low >> UInt64(byte) & 1 == 1
                    : byte < 128 && bits.high >> UInt64(byte - 64) & 1 == 1
            }
    }

    /// Whether every byte may stand in a field value: visible, space, tab, or above ASCII.
    ///
    /// Eight at a time, as a token may be long: a word has a byte below 0x20 where subtracting
    /// borrows into a top bit that was not set, and a DEL where it does so for a zero once the DELs
    /// are taken out by exclusive or. Tabs, which that finds too, are sorted out one by one.
    static func isFieldValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let words = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index + 8 <= words.count {
            let word = words.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let rest = word ^ (ones &* 0x7F)
            let isSuspect =
                ((word &- ones &* 0x20) & ~word | (rest &- ones) & ~rest) & (ones << 7) != 0
            if isSuspect, !bytes[index..<index + 8].allSatisfy(isFieldByte) { return false }
            index += 8
        }
        return bytes[index...].allSatisfy(isFieldByte)
    }

    /// One such byte.
    static func isFieldByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        65...90 ~= byte ? byte | 0x20 : byte
    }

    static func equalIgnoringCase(
        _ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString
    ) -> Bool {
        text.withUTF8Buffer { wanted in
            guard bytes.count == wanted.count else { return false }
            for index in 0..<bytes.count
            where lowercased(bytes[index]) != lowercased(wanted[index]) {
                return false
            }
            return true
        }
    }

    static func equalIgnoringCase(
        _ bytes: [UInt8], _ range: Range<Int>, _ text: String
    ) -> Bool {
        let wanted = text.utf8
        guard wanted.count == range.count else { return false }
        var index = range.lowerBound
        for byte in wanted {
            guard lowercased(bytes[index]) == lowercased(byte) else { return false }
            index += 1
        }
        return true
    }
}
