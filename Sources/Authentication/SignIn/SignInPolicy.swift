public import SuiProtocol

/// What a sign-in text says about us, and how many of them may wait. From configuration only: no
/// request can change a word of it.
public struct SignInPolicy: Sendable {
    /// How long a challenge may be signed: 5 minutes, as the published profile says.
    static let challengeMilliseconds: Int64 = 5 * 60 * 1000

    /// Host, and port unless it is the scheme's own, of the site that people sign in to.
    public var domain: String
    public var uri: String
    public var chain: SuiChain
    /// One line that the wallet shows.
    public var statement: String
    /// How many unused challenges one client address may hold.
    public var liveChallengesPerIP: Int64
    /// `MOCK_AUTH`: a well-formed signature is taken as a good one. Never in production.
    public var acceptsAnySignature: Bool

    public init(
        domain: String, uri: String, chain: SuiChain, statement: String,
        liveChallengesPerIP: Int64 = 100, acceptsAnySignature: Bool = false
    ) {
        self.domain = domain
        self.uri = uri
        self.chain = chain
        self.statement = statement
        self.liveChallengesPerIP = liveChallengesPerIP
        self.acceptsAnySignature = acceptsAnySignature
    }
}
