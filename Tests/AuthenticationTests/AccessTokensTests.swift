import ByteCodecs
import Cryptography
import Determinism
import Identifiers
import SuiProtocol
import Testing

@testable import Authentication

/// Forgeries are made with the same tools that make good tokens, one member changed at a time.
@Suite struct AccessTokensTests {
    private let world = SimulatedWorld(seed: 11)
    private let ring = KeyRing()
    private let ended = EndedSessions { _ in .unknown }
    private let key: SigningKey
    private let tokens: AccessTokens
    private let session: Session
    private let customer: Customer

    init() throws {
        let now = world.surroundings.now()
        key = try Self.key(id: "k1", surroundings: world.surroundings)
        ring.replace(with: [key])
        ended.heard([], asked: .after(milliseconds: 600_000))
        tokens = AccessTokens(
            policy: TokenPolicy(
                issuer: "https://gate.example", audience: "sluice", chain: "sui:testnet"),
            ring: ring, endedSessions: ended, surroundings: world.surroundings)
        session = Session(
            id: SessionID(from: world.surroundings), createdAt: now, lastUsedAt: now,
            expiresAt: now.adding(seconds: 1_000_000))
        customer = Customer(
            id: try #require(CustomerID(77)), walletAddress: try SuiAddress(parsing: "0xa1"),
            status: .active, createdAt: now)
    }

    private static func key(id: String, surroundings: Surroundings) throws -> SigningKey {
        let seed = try SecretBytes(randomCount: 32, from: surroundings)
        return SigningKey(
            id: id, material: .ed25519(try Ed25519SigningKey(seed: seed)),
            signsFrom: Timestamp(milliseconds: 0))
    }

    private func issued() throws -> String {
        try #require(tokens.signer.flatMap { tokens.issue(for: session, of: customer, by: $0) })
    }

    private func claims(of token: String) throws -> JSONObject {
        let part = try #require(token.split(separator: ".").dropFirst().first)
        let value = try JSONValue.parse(try Base64.decodeURL(String(part)))
        guard case .object(let object) = value else { throw TokenRefusal.invalid }
        return object
    }

    /// Signs any header and claims with `key`.
    private func forged(header: JSONValue, claims: JSONValue, by key: SigningKey) throws -> String {
        let text =
            Base64.encodeURL(header.serialized()) + "." + Base64.encodeURL(claims.serialized())
        return text + "." + Base64.encodeURL(try key.sign(Array(text.utf8)))
    }

    private func isRefused(_ token: String, as refusal: TokenRefusal = .invalid) -> Bool {
        do {
            _ = try tokens.verify(token)
            return false
        } catch {
            return error == refusal
        }
    }

    private let goodHeader: JSONValue = ["alg": "EdDSA", "kid": "k1", "typ": "at+jwt"]

    @Test("a token says who and until when, twice the same")
    func good() throws {
        let token = try issued()
        for _ in 0..<2 {
            guard case .valid(let claims) = try tokens.verify(token) else {
                Issue.record("not valid")
                return
            }
            #expect(claims.customerID == customer.id)
            #expect(claims.walletAddress == customer.walletAddress)
            #expect(claims.sessionID == session.id)
            #expect(claims.expiresAt.seconds - claims.issuedAt.seconds == 900)
        }
    }

    @Test("no byte of a token can be changed")
    func anyByte() throws {
        let token = Array(try issued().utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
            #expect(isRefused(String(decoding: changed, as: UTF8.self)), "byte \(index)")
        }
    }

    @Test(
        "a header with another algorithm, type or key, or any further member, is refused",
        arguments: [
            ["alg": "none", "kid": "k1", "typ": "at+jwt"],
            ["alg": "HS256", "kid": "k1", "typ": "at+jwt"],
            ["alg": "ES256", "kid": "k1", "typ": "at+jwt"],
            ["alg": "eddsa", "kid": "k1", "typ": "at+jwt"],
            ["alg": "EdDSA", "kid": "k2", "typ": "at+jwt"],
            ["alg": "EdDSA", "kid": "k1", "typ": "JWT"],
            ["alg": "EdDSA", "kid": "k1"],
            ["alg": "EdDSA", "typ": "at+jwt"],
            ["alg": "EdDSA", "kid": "k1", "typ": "at+jwt", "jwk": ["kty": "OKP"]],
            ["alg": "EdDSA", "kid": "k1", "typ": "at+jwt", "jku": "https://evil.example"],
            ["alg": "EdDSA", "kid": "k1", "typ": "at+jwt", "x5c": []],
            ["alg": "EdDSA", "kid": "k1", "typ": "at+jwt", "crit": ["exp"]],
            ["alg": ["EdDSA"], "kid": "k1", "typ": "at+jwt"],
        ] as [JSONValue])
    func headers(header: JSONValue) throws {
        let claims = JSONValue.object(try claims(of: try issued()))
        #expect(!isRefused(try forged(header: goodHeader, claims: claims, by: key)))

        #expect(isRefused(try forged(header: header, claims: claims, by: key)))
    }

    @Test(
        "a claim that is missing, of another type or not ours is refused",
        arguments: [
            "iss", "aud", "sub", "walletAddress", "customerId", "chain", "sid", "jti", "iat",
            "exp",
        ])
    func claims(name: String) throws {
        let good = try claims(of: try issued()).members
        let values: [JSONValue?] = [nil, .null, "other", [1], .integer(-1), .bool(true)]
        for value in values where !(name == "jti" && value == "other") {
            let changed = good.compactMap { member -> (String, JSONValue)? in
                guard member.name == name else { return (member.name, member.value) }
                return value.map { (name, $0) }
            }
            let claims = try JSONValue.parse(Self.text(of: changed))
            #expect(
                isRefused(try forged(header: goodHeader, claims: claims, by: key)),
                "\(name) = \(String(describing: value))")
        }
    }

    private static func text(of members: [(String, JSONValue)]) -> [UInt8] {
        let parts = members.map { name, value in
            "\"\(name)\":" + String(decoding: value.serialized(), as: UTF8.self)
        }
        return Array("{\(parts.joined(separator: ","))}".utf8)
    }

    @Test("a token signed by a key that is not in the ring is refused")
    func foreignKey() throws {
        let foreign = try Self.key(id: "k1", surroundings: SimulatedWorld(seed: 12).surroundings)
        let claims = JSONValue.object(try claims(of: try issued()))

        #expect(isRefused(try forged(header: goodHeader, claims: claims, by: foreign)))
    }

    @Test("the public key is no HMAC secret: an HS256 token made with it is refused")
    func algorithmConfusion() throws {
        let publicKey = try #require(ring.keys.first?.publicJWK)
        for secret in [publicKey.serialized(), try ed25519PublicKey()] {
            let confused = SigningKey(
                id: "k1", material: .hmacSHA256(try HMACSHA256(key: try SecretBytes(secret))),
                signsFrom: Timestamp(milliseconds: 0))
            let claims = JSONValue.object(try claims(of: try issued()))
            let header: JSONValue = ["alg": "HS256", "kid": "k1", "typ": "at+jwt"]
            #expect(isRefused(try forged(header: header, claims: claims, by: confused)))
            #expect(isRefused(try forged(header: goodHeader, claims: claims, by: confused)))
        }
    }

    private func ed25519PublicKey() throws -> [UInt8] {
        guard case .ed25519(let key) = key.material else { throw TokenRefusal.invalid }
        return key.publicKey
    }

    @Test(
        "what is no token is refused",
        arguments: [
            "", ".", "..", "...", "a.b.c", String(repeating: "A", count: 5000),
            "eyJhbGciOiJub25lIn0.e30.", " ",
        ])
    func junk(text: String) {
        #expect(isRefused(text))
    }

    @Test("a duplicate member in the claims is refused even when signed")
    func duplicateClaim() throws {
        let text = String(
            decoding: JSONValue.object(try claims(of: try issued())).serialized(), as: UTF8.self)
        let doubled = Array((text.dropLast() + ",\"customerId\":1}").utf8)
        let signedText =
            Base64.encodeURL(goodHeader.serialized()) + "." + Base64.encodeURL(doubled)
        let token =
            signedText + "." + Base64.encodeURL(try key.sign(Array(signedText.utf8)))

        #expect(isRefused(token))
    }

    @Test("a token dies 30 s after its time, remembered or not")
    func expiry() throws {
        let token = try issued()
        _ = try tokens.verify(token)
        world.advance(milliseconds: 930_000)
        #expect(!isRefused(token))

        world.advance(milliseconds: 1000)

        #expect(isRefused(token, as: .expired))
    }

    @Test("a remembered token is refused once its session has ended or its key is gone")
    func remembered() throws {
        let token = try issued()
        _ = try tokens.verify(token)

        let other = Session(
            id: SessionID(from: world.surroundings), createdAt: session.createdAt,
            lastUsedAt: session.createdAt, expiresAt: session.expiresAt)
        let survivor = try #require(
            tokens.signer.flatMap { tokens.issue(for: other, of: customer, by: $0) })
        ended.add([session.id])
        #expect(isRefused(token, as: .sessionEnded))
        #expect(!isRefused(survivor))

        ring.replace(with: [try Self.key(id: "k9", surroundings: world.surroundings)])
        #expect(isRefused(survivor))
    }

    @Test("no signature is looked at where that is not allowed, and a remembered token needs none")
    func notNow() throws {
        let token = try issued()
        #expect(throws: TokenRefusal.notNow) { try tokens.verify(token) { false } }

        _ = try tokens.verify(token)
        _ = try tokens.verify(token) { false }
    }

    @Test("an announced key does not sign before its time, and a replaced one verifies to its end")
    func rotation() throws {
        let now = world.surroundings.now()
        var old = key
        old.verifiesUntil = now.adding(seconds: 1300)
        var next = try Self.key(id: "k2", surroundings: world.surroundings)
        next.signsFrom = now.adding(seconds: 330)
        let early = try issued()
        ring.replace(with: [next, old])

        let beforeLead = try issued()
        world.advance(milliseconds: 330_000)
        let afterLead = try issued()

        #expect(JSONWebToken(beforeLead)?.keyID == "k1")
        #expect(JSONWebToken(afterLead)?.keyID == "k2")
        #expect(!isRefused(early) && !isRefused(beforeLead) && !isRefused(afterLead))
        world.advance(milliseconds: 970_000)
        #expect(ring.verifier(id: "k1", at: world.surroundings.now()) == nil)
    }

    @Test("the key set shows public halves only, and nothing for a shared secret")
    func keySet() throws {
        let set = String(decoding: tokens.jwks().serialized(), as: UTF8.self)
        #expect(set.contains(#""crv":"Ed25519""#) && !set.contains(#""d":"#))

        let secret = SharedSecret(try SecretBytes(Array("0123456789abcdef0123456789abcdef".utf8)))
        let shared = try TokenKeySource.shared(secret).ring()
        #expect(shared.publicSet(at: world.surroundings.now()) == ["keys": []])
    }
}
