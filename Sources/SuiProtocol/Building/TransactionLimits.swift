/// What Sui's nodes take at most in one transaction. Source: `Docs/Sources.md#transactions`.
public enum TransactionLimits {
    public static let commands = 1024
    public static let objects = 2048
    public static let gasCoins = 256
    public static let argumentsPerCommand = 512
    public static let typeArguments = 16
    /// Bytes of one pure argument.
    public static let pureBytes = 16_384
}
