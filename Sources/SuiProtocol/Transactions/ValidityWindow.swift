public import ByteCodecs

/// When, and on which network, a transaction may run.
public struct ValidityWindow: Hashable, Sendable, BCSCodable {
    public let minimumEpoch: UInt64?
    public let maximumEpoch: UInt64?
    /// Not in force on any network yet; nodes refuse transactions that have them.
    public let minimumTimestamp: UInt64?
    public let maximumTimestamp: UInt64?
    public let chain: CheckpointDigest
    /// Has no order; it only makes the digests of equal transactions differ.
    public let nonce: UInt32

    /// - Parameter epochs: the first and the last in which it may run.
    public init(epochs: ClosedRange<UInt64>, chain: ChainIdentifier, nonce: UInt32) {
        minimumEpoch = epochs.lowerBound
        maximumEpoch = epochs.upperBound
        minimumTimestamp = nil
        maximumTimestamp = nil
        self.chain = chain.genesis
        self.nonce = nonce
    }

    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        minimumEpoch = try Self.number(&reader)
        maximumEpoch = try Self.number(&reader)
        minimumTimestamp = try Self.number(&reader)
        maximumTimestamp = try Self.number(&reader)
        chain = try reader.value()
        nonce = try reader.u32()
    }

    private static func number(
        _ reader: inout SuiReader
    ) throws(SuiDecodingError) -> UInt64? {
        try reader.option { reader throws(SuiDecodingError) in try reader.u64() }
    }

    public func write(to writer: inout BCSWriter) {
        for number in [minimumEpoch, maximumEpoch, minimumTimestamp, maximumTimestamp] {
            writer.option(number) { $0.u64($1) }
        }
        writer.value(chain)
        writer.u32(nonce)
    }
}
