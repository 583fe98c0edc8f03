public import ByteCodecs
import Cryptography

/// What a digest is of; it decides the salt, so that no digest of one kind equals one of another.
public protocol DigestSubject: Sendable {
    /// ASCII, hashed before the value. Source: `Docs/Sources.md#digests`.
    static var salt: StaticString { get }
}

/// A BLAKE2b-256 hash that names something on chain. Its text is Base58.
public struct SuiDigest<Subject: DigestSubject>: Hashable, Sendable {
    public static var byteCount: Int { 32 }

    /// Always 32.
    public let bytes: [UInt8]

    /// - Throws: ``SuiDecodingError/digestLength(_:)`` unless there are 32.
    public init(bytes: [UInt8]) throws(SuiDecodingError) {
        guard bytes.count == Self.byteCount else { throw .digestLength(bytes.count) }
        self.bytes = bytes
    }

    /// - Parameter bytes: 32, as the caller knows.
    init(counted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The digest of a value, given its BCS.
    public init(hashing bcs: [UInt8]) {
        bytes = BLAKE2b.hash256(Array("\(Subject.salt)::".utf8), bcs)
    }

    /// Reads the Base58 text of 32 bytes, which has 32 to 44 characters.
    public init(parsing text: some StringProtocol) throws(DigestTextError) {
        guard text.utf8.count <= 44 else { throw .wrongLength }
        let decoded: [UInt8]
        do throws(Base58Error) {
            decoded = try Base58.decode(text)
        } catch {
            throw .notBase58
        }
        guard decoded.count == Self.byteCount else { throw .wrongLength }
        bytes = decoded
    }
}

extension SuiDigest: CustomStringConvertible {
    public var description: String { Base58.encode(bytes) }
}

extension SuiDigest: BCSCodable {
    /// A byte vector: digests carry their length, unlike addresses.
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        try self.init(bytes: try reader.byteVector())
    }

    public func write(to writer: inout BCSWriter) {
        writer.byteVector(bytes)
    }
}
