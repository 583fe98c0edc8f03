/// Bech32 as BIP-173 has it (not Bech32m): a prefix, data in groups of five bits, and a checksum
/// that finds up to four wrong characters. Sui writes private keys so.
public enum Bech32 {
    /// BIP-173: the whole text.
    public static let characterLimit = 90
    private static let checksumCount = 6

    /// - Parameters:
    ///   - prefix: lower case, of printable ASCII.
    ///   - bytes: few enough for the text to stay within ``characterLimit``.
    /// - Throws: ``Bech32Error/tooLong`` or ``Bech32Error/invalidPrefix``.
    public static func encode(
        prefix: String, _ bytes: some Sequence<UInt8>
    ) throws(Bech32Error) -> String {
        let name = Array(prefix.utf8)
        guard !name.isEmpty, name.allSatisfy({ (33...126).contains($0) && !isUpper($0) }) else {
            throw .invalidPrefix
        }
        let data = groups(of: bytes)
        guard name.count + 1 + data.count + checksumCount <= characterLimit else {
            throw .tooLong
        }
        let empty = [UInt8](repeating: 0, count: checksumCount)
        let rest = checksum(of: expanded(name) + data + empty) ^ 1
        let check = (0..<checksumCount).map { UInt8(rest >> UInt32(5 * (5 - $0)) & 31) }
        let text = name + [separator] + (data + check).map { alphabet[Int($0)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads text of one case, lower or upper, with the checksum and the prefix that belong there.
    /// Spare bits at the end must be zero and fewer than five.
    public static func decode(
        _ text: some StringProtocol, prefix: String
    ) throws(Bech32Error) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count <= characterLimit else { throw .tooLong }
        guard let place = characters.lastIndex(of: separator) else { throw .separatorMissing }
        guard !(characters.contains(where: isUpper) && characters.contains(where: isLower)) else {
            throw .mixedCase
        }
        let lower = characters.map { isUpper($0) ? $0 + 32 : $0 }
        guard lower[..<place].elementsEqual(prefix.utf8) else { throw .invalidPrefix }
        var data: [UInt8] = []
        for offset in (place + 1)..<lower.count {
            guard let value = alphabet.firstIndex(of: lower[offset]) else {
                throw .invalidCharacter(offset: offset)
            }
            data.append(UInt8(value))
        }
        guard data.count >= checksumCount,
            checksum(of: expanded(Array(lower[..<place])) + data) == 1
        else { throw .checksumMismatch }
        return try bytes(of: data.dropLast(checksumCount))
    }

    /// The remainder of BIP-173's BCH code.
    private static func checksum(of values: [UInt8]) -> UInt32 {
        let generators: [UInt32] = [
            0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3,
        ]
        var remainder: UInt32 = 1
        for value in values {
            let top = remainder >> 25
            remainder = (remainder & 0x1FF_FFFF) << 5 ^ UInt32(value)
            for (bit, generator) in generators.enumerated() where top >> UInt32(bit) & 1 == 1 {
                remainder ^= generator
            }
        }
        return remainder
    }

    private static func expanded(_ prefix: [UInt8]) -> [UInt8] {
        prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
    }

    private static func groups(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var (groups, held, count): ([UInt8], UInt32, UInt32) = ([], 0, 0)
        for byte in bytes {
            held = (held << 8 | UInt32(byte)) & 0xFFF
            count += 8
            while count >= 5 {
                count -= 5
                groups.append(UInt8(held >> count & 31))
            }
        }
        if count > 0 { groups.append(UInt8(held << (5 - count) & 31)) }
        return groups
    }

    private static func bytes(of groups: ArraySlice<UInt8>) throws(Bech32Error) -> [UInt8] {
        var (bytes, held, count): ([UInt8], UInt32, UInt32) = ([], 0, 0)
        for group in groups {
            held = (held << 5 | UInt32(group)) & 0xFFF
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: held >> count))
        }
        guard count < 5, held & (1 << count - 1) == 0 else { throw .spareBits }
        return bytes
    }

    private static func isUpper(_ character: UInt8) -> Bool { (65...90).contains(character) }
    private static func isLower(_ character: UInt8) -> Bool { (97...122).contains(character) }

    private static let separator = UInt8(ascii: "1")
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
}
