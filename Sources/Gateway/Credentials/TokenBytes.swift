/// The alphabet of `b64token` (RFC 6750, section 2.1): letters, digits and `-._~+/=`.
enum TokenBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = ones << 7

    /// Eight at a time: every request of a signed-in client brings half a kilobyte of these.
    static func areAll(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let words = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index + 8 <= words.count {
            let word = words.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word & tops != 0 || usual(word) != tops {
                for byte in bytes[index..<index + 8] where !isOne(byte) { return false }
            }
            index += 8
        }
        for byte in bytes[index...] where !isOne(byte) { return false }
        return true
    }

    /// The top bits of those bytes of an ASCII word that any JWT consists of.
    private static func usual(_ word: UInt64) -> UInt64 {
        // `-`, `.`, `/` and the digits are neighbours.
        within(word, 0x2D, 0x39) | within(word | ones << 5, 0x61, 0x7A) | within(word, 0x5F, 0x5F)
    }

    /// The top bits of those bytes that lie between two. No byte carries into the next, as all
    /// are below 0x80.
    private static func within(_ word: UInt64, _ low: UInt64, _ high: UInt64) -> UInt64 {
        (word &+ ones &* (0x80 - low)) & ~(word &+ ones &* (0x7F - high)) & tops
    }

    private static func isOne(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "="):
            true
        default: false
        }
    }
}
