/// The contract's numbers. Source: `Docs/Sources.md#escrow-contract`.
public enum EscrowRules {
    /// 28 days in milliseconds: over so long the spending limit counts.
    public static let periodMilliseconds: UInt64 = 2_419_200_000
    /// 2⁶³ − 1, in the coin's smallest unit.
    public static let amountLimit: UInt64 = 1 << 63 - 1
    public static let referenceByteLimit = 64
    /// Charges in one transaction.
    public static let batchLimit = 256
}
