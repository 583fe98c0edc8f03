import ByteCodecs
import Cryptography

/// An account on Sui: 32 bytes, derived from a key, a committee or a login identity.
///
/// Text and derivation: `Docs/Sources.md#addresses`.
public struct SuiAddress: Hashable, Sendable, CustomStringConvertible {
    public static let byteCount = 32

    /// Always 32.
    public let bytes: [UInt8]

    /// - Throws: ``SuiAddressError/wrongLength`` unless there are 32.
    public init(bytes: [UInt8]) throws(SuiAddressError) {
        guard bytes.count == Self.byteCount else { throw .wrongLength }
        self.bytes = bytes
    }

    /// Reads `0x` and 1 to 64 hex digits of either case; left-out leading zeros are put back.
    public init(parsing text: String) throws(SuiAddressError) {
        let characters = text.utf8
        guard characters.starts(with: "0x".utf8) else { throw .prefixMissing }
        let digitCount = characters.count - 2
        guard (1...64).contains(digitCount) else { throw .wrongLength }
        let padded = String(repeating: "0", count: 64 - digitCount) + text.utf8String(from: 2)
        do {
            bytes = try Hex.decode(padded)
        } catch {
            throw .notHexadecimal
        }
    }

    /// The address of what stands behind a signature scheme's flag: BLAKE2b-256 of the parts.
    static func derived(flag: UInt8, _ identity: [UInt8]) -> SuiAddress {
        SuiAddress(counted: BLAKE2b.hash256([flag], identity))
    }

    /// - Parameter bytes: 32, as the caller knows.
    init(counted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// `0x` and 64 lower-case hex digits.
    public var description: String { "0x" + Hex.encode(bytes) }
}

extension String {
    fileprivate func utf8String(from offset: Int) -> String {
        String(decoding: utf8.dropFirst(offset), as: UTF8.self)
    }
}
