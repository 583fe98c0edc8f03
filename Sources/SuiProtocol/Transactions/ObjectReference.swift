public import ByteCodecs

/// One version of an object, as owned inputs and gas coins name it.
public struct ObjectReference: Hashable, Sendable, BCSCodable {
    public let id: ObjectID
    public let version: UInt64
    public let digest: ObjectDigest

    public init(id: ObjectID, version: UInt64, digest: ObjectDigest) {
        self.id = id
        self.version = version
        self.digest = digest
    }

    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        self.init(
            id: try reader.value(), version: try reader.u64(), digest: try reader.value())
    }

    public func write(to writer: inout BCSWriter) {
        writer.value(id)
        writer.u64(version)
        writer.value(digest)
    }
}
