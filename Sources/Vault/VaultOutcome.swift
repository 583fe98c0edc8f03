/// What one look at the database led to.
public struct VaultOutcome: Hashable, Sendable {
    /// In force now.
    public var manifest: VaultManifest?
    /// Versions that came into force.
    public var published = 0
    /// Whether the files of all keys were written anew.
    public var wroteAll = false
    public var isRenewed = false
    /// Keys that were sealed for the vault.
    public var sealed = 0
    /// Keys left out because what the database has of them does not open.
    public var unsealable = 0
    /// Keys left out because no rate is known for their tier.
    public var withoutRate = 0
    /// Where somebody went back to an older version, and keys are held to it.
    public var rolledBackTo: Int64?

    public init() {}
}
