import Cryptography
import Determinism
import Observability
import Storage
import SuiProtocol
import TestSupport

@testable import Authentication

/// The services over a database of their own, with a clock that the test moves.
final class AuthenticationWorld: Sendable {
    let clock: SimulatedWorld
    let testDatabase: TestDatabase
    let database: Database
    let services: SignInServices
    let signingKeys: SigningKeys
    let metrics = MetricsRegistry()
    let caller = CallerContext(
        ip: "192.0.2.7", network: "192.0.2.7", userAgent: "test", requestID: "r-1")

    init(
        seed: UInt64 = 1, liveChallenges: Int64 = 100, acceptsAnySignature: Bool = false,
        sharing other: AuthenticationWorld? = nil, surroundings given: Surroundings? = nil,
        logger: Logger = .disabled
    ) async throws {
        clock = other?.clock ?? SimulatedWorld(seed: seed)
        let surroundings = given ?? clock.surroundings
        if let other {
            testDatabase = other.testDatabase
        } else {
            testDatabase = try await TestCluster.shared().makeDatabase(migrated: true)
        }
        database = try Database(
            DatabaseConfiguration(
                url: testDatabase.url, poolSize: 3, deadlineMilliseconds: 60_000),
            logger: .disabled,
            metrics: MetricsRegistry())
        let key = SharedSecret(try SecretBytes([UInt8](repeating: 7, count: 32)))
        let policy = TokenPolicy(issuer: "https://g", audience: "sluice", chain: "sui:testnet")
        signingKeys = SigningKeys(
            database: database,
            sealer: try SecretSealer(keys: [try SealingKey(version: 1, secret: key)]),
            policy: policy, changedBy: .sample, surroundings: surroundings, logger: logger,
            metrics: metrics)
        try await signingKeys.load()
        services = try SignInServices(
            database: database, verifier: SignatureVerifier { _, _, _, _ in nil },
            signInPolicy: SignInPolicy(
                domain: "g", uri: "https://g", chain: .testnet, statement: "Hello.",
                liveChallengesPerIP: liveChallenges, acceptsAnySignature: acceptsAnySignature),
            tokenPolicy: policy, tokenKeys: .database(signingKeys), databaseKey: key,
            surroundings: surroundings, logger: .disabled)
        services.endedSessions.heard([], asked: .after(milliseconds: 3_600_000))
    }

    deinit { database.close() }

    /// A whole sign-in of `wallet`.
    func signIn(_ wallet: Wallet) async throws -> SignedIn {
        let challenge = try await services.signIn.challenge(
            address: wallet.address, chain: nil, caller: caller)
        return try await verify(challenge, by: wallet)
    }

    func verify(_ challenge: Challenge, by wallet: Wallet) async throws -> SignedIn {
        guard case .message(let text) = challenge.text else { throw SignInError.challengeUnknown }
        return try await services.signIn.verify(
            nonce: challenge.nonce, challengeToken: challenge.token,
            signature: wallet.signature(of: text), address: nil, caller: caller)
    }

    /// Keys over the same database under another `DB_ENCRYPTION_KEY`.
    func foreignKeys() throws -> SigningKeys {
        SigningKeys(
            database: database,
            sealer: try SecretSealer(key: try SecretBytes([UInt8](repeating: 9, count: 32))),
            policy: TokenPolicy(issuer: "https://g", audience: "sluice", chain: "sui:testnet"),
            changedBy: .sample, surroundings: clock.surroundings, logger: .disabled,
            metrics: MetricsRegistry())
    }

    func count(_ query: String) async throws -> Int {
        Int(try await testDatabase.value(query) ?? "") ?? -1
    }
}

extension Operator {
    static let sample = Operator(
        user: "ops", login: "ada", sudoUser: nil, host: "host-1", processID: 7)
}
