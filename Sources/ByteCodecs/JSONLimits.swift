/// What a JSON text may cost before it is refused.
public struct JSONLimits: Sendable {
    /// Arrays and objects inside each other.
    public var depth: Int
    /// Values in the whole text: bounds the memory, at about 100 bytes each beside their strings.
    public var values: Int

    public init(depth: Int, values: Int) {
        self.depth = depth
        self.values = values
    }

    public static let standard = JSONLimits(depth: 32, values: 100_000)
}
