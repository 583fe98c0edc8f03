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
    /// Keys that were under an older `VAULT_KEY`, and are under the newest now.
    public var resealed = 0
    /// Whether more are to be sealed, or sealed anew, with the next look.
    public var isSealing = false
    /// A version of `VAULT_KEY` that keys are sealed under in the database, and not by the key that
    /// is configured as that version: then none is sealed.
    public var foreignKey: Int?
    /// Keys whose overlap has ended, which are revoked now.
    public var expired = 0
    /// Keys left out, or under an older `VAULT_KEY` still, because they do not open.
    public var unsealable = 0
    /// Keys left out because no rate is known for their tier.
    public var withoutRate = 0
    /// Where somebody went back to an older version, and keys are held to it.
    public var rolledBackTo: Int64?

    public init() {}

    /// What both looks led to.
    public func followed(by next: VaultOutcome) -> VaultOutcome {
        var both = next
        both.published += published
        both.sealed += sealed
        both.resealed += resealed
        both.expired += expired
        both.wroteAll = wroteAll || next.wroteAll
        return both
    }
}
