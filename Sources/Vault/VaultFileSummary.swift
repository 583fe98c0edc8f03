import ByteCodecs
import Cryptography

/// What the manifest says of one file.
public struct VaultFileSummary: Hashable, Sendable {
    public let name: String
    /// In bytes.
    public let count: Int64
    /// 64 lower-case hex digits.
    public let digest: String

    public init(name: String, count: Int64, digest: String) {
        self.name = name
        self.count = count
        self.digest = digest
    }

    init(_ name: String, _ bytes: [UInt8]) {
        self.init(
            name: name, count: Int64(bytes.count), digest: Hex.encode(SHA256.hash(bytes)))
    }
}
