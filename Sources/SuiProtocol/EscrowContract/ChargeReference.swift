import Cryptography

/// What a charge carries on chain: its own id, and what it was owed for, so that a charge from
/// before a database was restored is still known again.
public struct ChargeReference: Hashable, Sendable {
    public static let byteCount = 32

    /// Always 32: the charge's id (16), then 16 bytes of a hash over the obligation.
    public let bytes: [UInt8]

    /// - Parameters:
    ///   - chargeID: the 16 bytes of the charge's UUID.
    ///   - service: who asked for the charge.
    ///   - obligation: the invoice's id, or else the idempotency key.
    /// - Returns: nil unless the id has 16 bytes.
    public init?(chargeID: [UInt8], service: String, obligation: String) {
        guard chargeID.count == 16 else { return nil }
        bytes = chargeID + Self.mark(service: service, obligation: obligation)
    }

    /// Nil for a reference that is not ours to read: of another length than 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    public var chargeID: [UInt8] { Array(bytes.prefix(16)) }

    public var mark: [UInt8] { Array(bytes.suffix(16)) }

    /// The first 16 bytes of SHA-256 over service, line feed and obligation.
    public static func mark(service: String, obligation: String) -> [UInt8] {
        Array(SHA256.hash(Array("\(service)\n\(obligation)".utf8)).prefix(16))
    }
}
