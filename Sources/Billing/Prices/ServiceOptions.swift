/// What a service sells beside its tiers.
public struct ServiceOptions: Hashable, Sendable {
    public let sealKeys: OptionPrice
    /// For each seal key.
    public let packagesPerKey: OptionPrice
    public let apiKeys: OptionPrice
}
