import Cryptography

/// How access tokens are signed and what they say.
struct TokenSettings: Sendable {
    enum Algorithm: String, Sendable, CaseIterable {
        case edDSA = "EdDSA"
        case hs256 = "HS256"
    }

    /// RFC 7518 section 3.2: a key of at least the hash's size.
    static let secretMinimum = 32

    let algorithm: Algorithm
    let issuer: String
    let audience: String
    /// How long a new signing key stands in the JWKS before it signs: the JWKS's max-age of 300 s
    /// and a margin.
    let keyLeadSeconds: Int
    /// Only with ``Algorithm/hs256``.
    let secret: SharedSecret?

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader, publicURL: String?) {
        let before = reader.problems.count
        let name = reader.text(.tokenAlgorithm, default: Algorithm.edDSA.rawValue)
        let algorithm = Algorithm(rawValue: name)
        if algorithm == nil {
            reader.refuse(.tokenAlgorithm, "'\(name)' is neither EdDSA nor HS256")
        }
        issuer = reader.text(.tokenIssuer, default: publicURL ?? "")
        audience = reader.text(.tokenAudience, default: "sluice")
        keyLeadSeconds = reader.integer(.tokenKeyLeadSeconds, in: 0...86_400, default: 330)
        let secret = Self.secret(&reader, isNeeded: algorithm == .hs256)
        if reader.isProduction, keyLeadSeconds < 300 {
            reader.refuse(
                .tokenKeyLeadSeconds, "is below 300, the time for which the key list is cached")
        }
        guard let algorithm, reader.problems.count == before else { return nil }
        self.algorithm = algorithm
        self.secret = algorithm == .hs256 ? secret : nil
    }

    /// A secret that is present is checked even when it is not used: it may be tomorrow.
    private static func secret(_ reader: inout ConfigurationReader, isNeeded: Bool) -> SharedSecret?
    {
        guard let text = reader.text(.tokenSecret) else {
            if isNeeded {
                reader.refuse(.tokenSecret, "is not set; HS256 needs at least 32 bytes")
            }
            return nil
        }
        guard text.utf8.count >= secretMinimum else {
            reader.refuse(
                .tokenSecret, "is shorter than 32 bytes; make one: openssl rand -base64 48")
            return nil
        }
        if reader.isProduction, let weakness = WeakSecret.reason(text: text) {
            reader.refuse(.tokenSecret, "\(weakness); make one: openssl rand -base64 48")
            return nil
        }
        let secret = SharedSecret(locking: Array(text.utf8))
        if secret == nil { reader.refuse(.tokenSecret, SharedSecret.noLockedMemory) }
        return secret
    }
}
