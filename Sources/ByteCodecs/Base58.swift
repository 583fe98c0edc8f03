/// Base58 with Bitcoin's alphabet: how Sui writes digests.
///
/// The text is the number of the bytes in base 58, most significant digit first, and one `1` for
/// each zero byte at the front. So bytes and texts correspond one to one. No checksum.
public enum Base58 {
    /// Longest text that is read, and most bytes whose text is sure to be read again. The work
    /// grows with the square of the length; digests have 44 characters.
    public static let characterLimit = 512
    public static let byteLimit = 374

    /// - Precondition: at most ``byteLimit`` bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        precondition(bytes.count <= byteLimit)
        let zeros = bytes.prefix { $0 == 0 }.count
        var digits: [UInt8] = []  // Least significant first.
        for byte in bytes.dropFirst(zeros) {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) << 8
                digits[index] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let ones = repeatElement(alphabet[0], count: zeros)
        return String(decoding: ones + digits.reversed().map { alphabet[Int($0)] }, as: UTF8.self)
    }

    /// - Throws: ``Base58Error``, naming the first offence.
    public static func decode(_ text: some StringProtocol) throws(Base58Error) -> [UInt8] {
        let characters = text.utf8
        guard characters.count <= characterLimit else { throw .tooLong(characters.count) }
        let ones = characters.prefix { $0 == alphabet[0] }.count
        var bytes: [UInt8] = []  // Least significant first.
        for (offset, character) in characters.enumerated().dropFirst(ones) {
            guard let digit = values[Int(character)] else {
                throw .invalidCharacter(offset: offset)
            }
            var carry = Int(digit)
            for index in bytes.indices {
                carry += Int(bytes[index]) * 58
                bytes[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            if carry > 0 { bytes.append(UInt8(carry)) }
        }
        return repeatElement(0, count: ones) + bytes.reversed()
    }

    private static let alphabet = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    /// By ASCII code; nil for what is no digit.
    private static let values: [UInt8?] = {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
