public import Cryptography
public import Determinism
public import Observability
public import Storage
public import SuiProtocol

/// The services of this module over one database, as a gateway holds them.
public struct SignInServices: Sendable {
    public let signIn: SignIn
    public let sessions: Sessions
    public let accessTokens: AccessTokens
    public let customers: Customers
    public let endedSessions: EndedSessions

    /// What happens for a wallet whose session was just opened, before it hears of it.
    public typealias Welcome = @Sendable (SuiAddress) async -> Void

    /// - Parameters:
    ///   - databaseKey: `DB_ENCRYPTION_KEY`; successors of refresh tokens are made under a key
    ///     derived from it, so that all gateways make the same.
    ///   - welcome: nil where nothing happens.
    /// - Throws: only for want of memory.
    public init(
        database: Database, verifier: SignatureVerifier, signInPolicy: SignInPolicy,
        tokenPolicy: TokenPolicy, tokenKeys: TokenKeySource, databaseKey: SharedSecret,
        welcome: Welcome? = nil, surroundings: Surroundings, logger: Logger
    ) throws(CryptographyError) {
        let endedSessions = EndedSessions { session in
            do {
                guard let row = try await database.sessionEnd(session) else { return .ended }
                return row.endedAt == nil ? .live : .ended
            } catch {
                return .unknown
            }
        }
        let accessTokens = AccessTokens(
            policy: tokenPolicy, ring: try tokenKeys.ring(), endedSessions: endedSessions,
            surroundings: surroundings)
        let pairs = TokenPairs(accessTokens: accessTokens, surroundings: surroundings)
        let successorKey = try HKDFSHA256.derive(
            secret: databaseKey.bytes, info: "sluice refresh token successor", count: 32)

        self.endedSessions = endedSessions
        self.accessTokens = accessTokens
        customers = Customers(database: database, surroundings: surroundings)
        sessions = Sessions(
            database: database,
            refreshTokens: RefreshTokens(successorKey: try HMACSHA256(key: successorKey)),
            pairs: pairs, endedSessions: endedSessions, surroundings: surroundings,
            logger: logger)
        signIn = SignIn(
            policy: signInPolicy, database: database, verifier: verifier, pairs: pairs,
            welcome: welcome, surroundings: surroundings, logger: logger)
    }
}
