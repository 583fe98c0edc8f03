public import ByteCodecs
import Cryptography
import Determinism
import Identifiers
import SuiProtocol

/// A token whose signature and claims hold; whether its session still lives may be open.
public enum VerifiedToken: Sendable, Equatable {
    case valid(AccessClaims)
    /// News of ended sessions is late: ask ``AccessTokens/recheck(_:)`` before believing it.
    case recheck(AccessClaims)
}

/// Makes and verifies access tokens: JWT of type `at+jwt` (RFC 9068), EdDSA or HS256, 15 minutes.
public final class AccessTokens: Sendable {
    private let policy: TokenPolicy
    private let ring: KeyRing
    private let endedSessions: EndedSessions
    private let surroundings: Surroundings
    private let verified = VerifiedTokens()

    init(
        policy: TokenPolicy, ring: KeyRing, endedSessions: EndedSessions,
        surroundings: Surroundings
    ) {
        self.policy = policy
        self.ring = ring
        self.endedSessions = endedSessions
        self.surroundings = surroundings
    }

    /// The key that signs now; nil while there is none. Ask before anything is written: what is
    /// opened or used up without a token to show for it is lost to whom it was done for.
    var signer: SigningKey? { ring.signer(at: surroundings.now()) }

    /// Nil only for want of memory.
    func issue(
        for session: Session, of customer: Customer, by key: SigningKey
    ) -> String? {
        let now = surroundings.now()
        let claims: JSONValue = [
            "iss": .string(policy.issuer), "aud": .string(policy.audience),
            "client_id": .string(policy.audience),
            "sub": .string(customer.walletAddress.description),
            "walletAddress": .string(customer.walletAddress.description),
            "customerId": .integer(customer.id.number), "chain": .string(policy.chain),
            "sid": .string(session.id.description),
            "jti": .string(UUIDv7(from: surroundings).description),
            "iat": .integer(now.seconds),
            "exp": .integer(now.seconds + TokenPolicy.lifetimeSeconds),
        ]
        return try? JSONWebToken.signed(claims: claims, by: key)
    }

    /// No input or output: a remembered token costs a hash and a look-up.
    ///
    /// - Parameter mayVerify: asked before a token that is not remembered costs a signature
    ///   verification.
    /// - Throws: also ``TokenRefusal/notNow`` when that says no.
    public func verify(
        _ token: String, mayVerify: () -> Bool = { true }
    ) throws(TokenRefusal) -> VerifiedToken {
        let claims = try believedClaims(of: token, mayVerify)
        guard surroundings.now().seconds <= claims.expiresAt.seconds + TokenPolicy.leewaySeconds
        else { throw .expired }
        switch endedSessions.standing(of: claims.sessionID) {
        case .live: return .valid(claims)
        case .ended: throw .sessionEnded
        case .unknown: return .recheck(claims)
        }
    }

    /// Asks the database whether the session lives, once per request while the feed is late.
    public func recheck(_ claims: AccessClaims) async throws(TokenRefusal) -> AccessClaims {
        switch await endedSessions.readStanding(of: claims.sessionID) {
        case .live: return claims
        case .ended: throw .sessionEnded
        case .unknown: throw .undecided
        }
    }

    /// RFC 7517. Empty with HS256: who could verify there could also mint.
    public func jwks() -> JSONValue {
        ring.publicSet(at: surroundings.now())
    }

    public var jwksMaxAgeSeconds: Int64 { policy.jwksMaxAgeSeconds }

    private func believedClaims(
        of token: String, _ mayVerify: () -> Bool
    ) throws(TokenRefusal) -> AccessClaims {
        guard token.utf8.count <= JSONWebToken.maximumLength else { throw .invalid }
        let key = VerifiedTokens.Key(hash: SHA256.hash(Array(token.utf8)))
        let generation = ring.generation
        if let claims = verified.claims(for: key, generation: generation) { return claims }
        guard mayVerify() else { throw .notNow }
        guard let parsed = JSONWebToken(token),
            let signer = ring.verifier(id: parsed.keyID, at: surroundings.now()),
            parsed.algorithm == signer.algorithm,
            signer.accepts(signature: parsed.signature, of: parsed.signedBytes),
            let claims = claims(in: parsed.claims)
        else { throw .invalid }
        verified.remember(claims, for: key, generation: generation)
        return claims
    }

    private func claims(in value: JSONValue) -> AccessClaims? {
        guard var fields = try? JSONObjectReader(value),
            (try? fields.string("iss")) == policy.issuer,
            (try? fields.string("aud")) == policy.audience,
            let chain = try? fields.string("chain"), chain == policy.chain,
            let subject = try? fields.string("sub"),
            (try? fields.string("walletAddress")) == subject,
            let walletAddress = try? SuiAddress(parsing: subject),
            let customerID = (try? fields.integer("customerId")).flatMap(CustomerID.init),
            let sessionID = (try? fields.string("sid")).flatMap(SessionID.init),
            let tokenID = try? fields.string("jti"),
            let issuedAt = try? fields.integer("iat"),
            let expiresAt = try? fields.integer("exp"),
            (0...Self.latestSecond).contains(issuedAt), (0...Self.latestSecond).contains(expiresAt)
        else { return nil }
        return AccessClaims(
            sessionID: sessionID, customerID: customerID, walletAddress: walletAddress,
            chain: chain, issuedAt: Timestamp(milliseconds: issuedAt * 1000),
            expiresAt: Timestamp(milliseconds: expiresAt * 1000), tokenID: tokenID)
    }

    /// 9999-12-31T23:59:59Z: past it a time has no RFC 3339 form.
    private static let latestSecond: Int64 = 253_402_300_799
}
