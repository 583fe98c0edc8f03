/// Why a retention file is refused, whole.
public struct RetentionPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From one; of the member, or of the first line where it should stand.
    public let line: Int
    public let reason: String

    public var description: String { "line \(line): \(reason)" }
}
