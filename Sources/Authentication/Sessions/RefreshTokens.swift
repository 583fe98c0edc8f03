import ByteCodecs
import Cryptography

/// Refresh tokens: 256 bits in Base64url, opaque, stored only as SHA-256.
///
/// The first of a session is random. Each next one is HMAC-SHA-256 of the one presented, under a
/// key that all gateways derive from `DB_ENCRYPTION_KEY`: two gateways asked at the same moment
/// give the same successor without storing it. Who holds an old token only, and not the key,
/// cannot compute the next.
struct RefreshTokens: Sendable {
    static let byteCount = 32
    /// An unused token dies after 30 days.
    static let lifetimeMilliseconds: Int64 = 30 * 24 * 60 * 60 * 1000
    /// A session ends after 90 days in any case.
    static let sessionMilliseconds: Int64 = 90 * 24 * 60 * 60 * 1000
    /// How long a predecessor still gets the same successor: answers get lost.
    static let graceMilliseconds: Int64 = 10 * 1000

    let successorKey: HMACSHA256

    static func text(of token: [UInt8]) -> String { Base64.encodeURL(token) }

    static func hash(of token: [UInt8]) -> [UInt8] { SHA256.hash(token) }

    /// - Throws: only for want of memory.
    func successor(of token: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try successorKey.code(for: token)
    }

    /// Nil for anything but the one spelling of 32 bytes.
    static func bytes(of text: String) -> [UInt8]? {
        guard text.utf8.count == 43, let bytes = try? Base64.decodeURL(text),
            bytes.count == byteCount
        else { return nil }
        return bytes
    }
}
