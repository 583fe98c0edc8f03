/// What our access tokens carry and how long keys live. From configuration.
public struct TokenPolicy: Sendable {
    /// 15 minutes, as the HTTP contract says.
    public static let lifetimeSeconds: Int64 = 15 * 60
    /// How far a verifier's clock may be ahead of ours.
    public static let leewaySeconds: Int64 = 30

    public var issuer: String
    public var audience: String
    public var chain: String
    /// How long a new key stands in the JWKS before it signs.
    public var keyLeadSeconds: Int64

    public init(issuer: String, audience: String, chain: String, keyLeadSeconds: Int64 = 330) {
        self.issuer = issuer
        self.audience = audience
        self.chain = chain
        self.keyLeadSeconds = keyLeadSeconds
    }

    /// How long a copy of the JWKS may be kept: at most 5 minutes, and always shorter than the
    /// lead, so that no copy is without the key that signs.
    public var jwksMaxAgeSeconds: Int64 {
        min(300, max(0, keyLeadSeconds - 30))
    }
}
