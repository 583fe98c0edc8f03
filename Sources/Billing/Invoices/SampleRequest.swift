public import Determinism

/// A request as it is stored, to show what stands behind a line.
public struct SampleRequest: Hashable, Sendable {
    public let at: Timestamp
    public let edge: String
    /// Its id among the edge's lines.
    public let line: String
    public let method: String?
    public let status: Int64?
    public let bytesIn: Int64
    public let bytesOut: Int64
}
