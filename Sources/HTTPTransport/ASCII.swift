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

    /// A byte that may stand in a field value: visible, space, tab, or above ASCII.
    static func isFieldByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        65...90 ~= byte ? byte | 0x20 : byte
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
