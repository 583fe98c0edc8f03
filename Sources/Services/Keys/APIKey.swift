import ByteCodecs
import Cryptography
public import Determinism
public import Identifiers

/// What a customer's program shows HAProxy: `slk_`, the service's letter, `_`, 160 random bits in
/// base32 (32 characters), and a checksum of 6.
///
/// Alphabet and checksum are BIP-173's, with all before the second `_` as its prefix: up to four
/// wrong characters are always found, the service's letter among them, without asking anybody.
/// Never printed but by ``text``.
public struct APIKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public static let randomCount = 20
    public static let textCount = 44
    /// What scanners for leaked secrets look for; `Docs/Edge.md` shows it.
    public static let pattern = #"\bslk_[sgq]_[02-9ac-hj-np-z]{38}\b"#

    public let service: ServiceType
    private let random: [UInt8]

    /// A new one.
    public init(for service: ServiceType, from surroundings: Surroundings) {
        self.service = service
        random = surroundings.randomBytes(Self.randomCount)
    }

    /// - Throws: ``APIKeyRefusal``; says what is wrong with the text, never the text.
    public init(parsing text: String) throws(APIKeyRefusal) {
        let characters = Array(text.utf8)
        guard characters.starts(with: "slk_".utf8) else { throw .wrongPrefix }
        guard characters.count == Self.textCount else {
            throw .wrongLength(expected: Self.textCount, actual: characters.count)
        }
        let letter = Character(Unicode.Scalar(characters[4]))
        guard let service = ServiceType(letter: letter) else { throw .unknownService }
        guard characters[5] == UInt8(ascii: "_") else { throw .wrongPrefix }
        self.service = service
        random = try Self.decoded(characters[6...], service)
    }

    /// Lower case; for the customer and for sealing.
    public var text: String {
        guard let encoded = try? Bech32.encode(prefix: Self.prefix(service), random) else {
            preconditionFailure("A prefix of ours and twenty bytes always fit.")
        }
        return "\(Self.prefix(service))_\(encoded.suffix(Self.textCount - 6))"
    }

    /// What is stored and looked up.
    public var hash: APIKeyHash { Self.hash(ofText: text) }

    /// What HAProxy makes of any text in the key's field.
    public static func hash(ofText text: String) -> APIKeyHash {
        guard let hash = APIKeyHash(bytes: SHA256.hash(Array(text.utf8))) else {
            preconditionFailure("SHA-256 has 32 bytes.")
        }
        return hash
    }

    public var description: String { "\(Self.prefix(service))_…" }
    public var customMirror: Mirror { Mirror(self, children: ["service": service]) }

    private static func prefix(_ service: ServiceType) -> String { "slk_\(service.letter)" }

    private static func decoded(
        _ characters: ArraySlice<UInt8>, _ service: ServiceType
    ) throws(APIKeyRefusal) -> [UInt8] {
        if let place = characters.firstIndex(where: { !isOfAlphabet($0) }) {
            throw .invalidCharacter(offset: place)
        }
        let text = "\(prefix(service))1\(String(decoding: characters, as: UTF8.self))"
        guard let bytes = try? Bech32.decode(text, prefix: prefix(service)),
            bytes.count == randomCount
        else { throw .checksumMismatch }
        return bytes
    }

    /// Digits and lower-case letters without 1, b, i and o.
    private static func isOfAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "1"), UInt8(ascii: "b"), UInt8(ascii: "i"), UInt8(ascii: "o"): false
        case 48...57, 97...122: true
        default: false
        }
    }
}
