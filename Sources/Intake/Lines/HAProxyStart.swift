/// One life of a HAProxy worker: within it, and a frontend, lines are numbered.
public struct HAProxyStart: Hashable, Sendable {
    /// When its configuration was read, in microseconds since 1970.
    public let microseconds: Int64
    public let process: Int64

    public init(microseconds: Int64, process: Int64) {
        self.microseconds = microseconds
        self.process = process
    }
}
