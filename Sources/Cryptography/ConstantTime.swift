import CSodium

/// Comparing without telling, by the time it takes, where the difference is.
public enum ConstantTime {
    /// The lengths are not secret: unequal ones are told at once.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}
