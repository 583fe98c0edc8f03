import ByteCodecs
import Cryptography

/// A call that somebody says is a service's: what its signature covers, as it was sent, and the
/// signature. Nil stands for a header that is missing or there twice.
public struct ServiceCall: Sendable {
    public var keyID: String?
    public var method: String
    /// The request target, exactly as sent.
    public var target: String
    public var host: String
    /// Milliseconds since 1970.
    public var timestamp: String?
    public var nonce: String?
    public var idempotencyKey: String?
    public var body: [UInt8]
    /// 64 lower-case hex digits.
    public var signature: String?

    public init(
        keyID: String?, method: String, target: String, host: String, timestamp: String?,
        nonce: String?, idempotencyKey: String?, body: [UInt8], signature: String?
    ) {
        self.keyID = keyID
        self.method = method
        self.target = target
        self.host = host
        self.timestamp = timestamp
        self.nonce = nonce
        self.idempotencyKey = idempotencyKey
        self.body = body
        self.signature = signature
    }

    /// What is signed: eight lines, LF between them and none at the end. Nil where a line would be
    /// two: what stands in which line must be sure.
    /// Source: `Docs/ServiceCalls.md`.
    var signedText: [UInt8]? {
        let lines = [
            keyID ?? "", method, target, host, timestamp ?? "", nonce ?? "", idempotencyKey ?? "",
            Hex.encode(SHA256.hash(body)),
        ]
        guard !lines.contains(where: { $0.utf8.contains(0x0A) }) else { return nil }
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// The timestamp as a number; only its plain spelling is one, so that one moment has one text.
    var milliseconds: Int64? {
        guard let timestamp, let number = Int64(timestamp), number >= 0,
            String(number) == timestamp
        else { return nil }
        return number
    }

    /// The nonce, if it is 16 to 64 ASCII letters and digits.
    var usableNonce: String? {
        guard let nonce, (16...64).contains(nonce.utf8.count),
            nonce.utf8.allSatisfy(Self.isLetterOrDigit)
        else { return nil }
        return nonce
    }

    /// The 32 bytes of the signature; nil for any other spelling.
    var signatureBytes: [UInt8]? {
        guard let signature, signature.utf8.count == 64, let bytes = try? Hex.decode(signature),
            Hex.encode(bytes) == signature
        else { return nil }
        return bytes
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }
}
