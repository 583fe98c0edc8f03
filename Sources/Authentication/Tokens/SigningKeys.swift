import Audit
import ByteCodecs
public import Cryptography
public import Determinism
import Observability
public import Storage

/// Why token keys could not be made, read or changed.
public enum SigningKeyError: Error, Equatable, Sendable {
    case storageUnavailable
    /// A stored key does not open: `DB_ENCRYPTION_KEY` is not the one it was sealed with.
    case cannotUnseal(keyID: String)
    /// With HS256 the key is `JWT_SECRET`; there is nothing in the database to rotate.
    case notRotatable
    case memoryExhausted
}

/// The token keys in the database, sealed, so that all gateways change them together.
///
/// A new key is announced in the JWKS for its lead before it signs; the one before it verifies
/// until its last token is dead. So a rotation under load fails nobody.
public final class SigningKeys: Sendable {
    /// Beyond the lifetime of a token: a gateway that reads the ring late still signs with the
    /// older key for that long.
    private static let marginSeconds: Int64 = 60
    /// How long a key verifies after another has begun to sign.
    private static let afterlifeSeconds =
        TokenPolicy.lifetimeSeconds + TokenPolicy.leewaySeconds + marginSeconds

    private let database: Database
    private let sealer: SecretSealer
    private let policy: TokenPolicy
    private let surroundings: Surroundings
    let ring = KeyRing()

    public init(
        database: Database, sealer: SecretSealer, policy: TokenPolicy, surroundings: Surroundings
    ) {
        self.database = database
        self.sealer = sealer
        self.policy = policy
        self.surroundings = surroundings
    }

    /// Whether a key is at hand: part of readiness.
    public var isReady: Bool { !ring.isEmpty }

    /// Makes the first key when there is none, which signs at once, and fills the ring.
    public func load() async throws(SigningKeyError) {
        let found = try await stored()
        if !found.contains(where: { $0.verifiesUntil == nil }) {
            let now = surroundings.now()
            _ = try await add(signsFrom: now, olderVerifyUntil: now, onlyWhenNone: true)
        }
        try await refresh()
    }

    /// Reads the ring anew: every second in a gateway, so that a rotation is seen long before the
    /// new key signs.
    public func refresh() async throws(SigningKeyError) {
        let known = Dictionary(uniqueKeysWithValues: ring.keys.map { ($0.id, $0) })
        var keys: [SigningKey] = []
        for row in try await stored() {
            if var key = known[row.id] {
                key.verifiesUntil = row.verifiesUntil
                keys.append(key)
            } else {
                keys.append(try unsealed(row))
            }
        }
        ring.replace(with: keys)
    }

    /// - Parameter immediately: for a key that has leaked: the new one signs at once, and what
    ///   older ones signed is refused within a second. Whoever was signed in refreshes. Other
    ///   verifiers believe the old keys until their copy of the JWKS is too old.
    /// - Returns: the new key's id and the moment from which it signs.
    public func rotate(
        immediately: Bool = false
    ) async throws(SigningKeyError) -> (keyID: String, signsFrom: Timestamp) {
        let now = surroundings.now()
        let signsFrom = immediately ? now : now.adding(seconds: policy.keyLeadSeconds)
        let olderUntil = immediately ? now : signsFrom.adding(seconds: Self.afterlifeSeconds)
        let id = try await add(
            signsFrom: signsFrom, olderVerifyUntil: olderUntil, onlyWhenNone: false)
        guard let id else { throw .storageUnavailable }
        return (id, signsFrom)
    }

    private func stored() async throws(SigningKeyError) -> [SigningKeyRow] {
        do {
            return try await database.signingKeys(at: surroundings.now())
        } catch {
            throw .storageUnavailable
        }
    }

    private func unsealed(_ row: SigningKeyRow) throws(SigningKeyError) -> SigningKey {
        do {
            let seed = try sealer.open(
                row.sealedPrivateKey, context: Self.sealingContext(row.id))
            let key = try Ed25519SigningKey(seed: seed)
            guard key.publicKey == row.publicKey else {
                throw SigningKeyError.cannotUnseal(keyID: row.id)
            }
            return SigningKey(
                id: row.id, material: .ed25519(key), signsFrom: row.signsFrom,
                verifiesUntil: row.verifiesUntil)
        } catch {
            throw .cannotUnseal(keyID: row.id)
        }
    }

    private func add(
        signsFrom: Timestamp, olderVerifyUntil: Timestamp, onlyWhenNone: Bool
    ) async throws(SigningKeyError) -> String? {
        let id = Base64.encodeURL(surroundings.randomBytes(12))
        let now = surroundings.now()
        let record = AuditRecord(
            action: onlyWhenNone ? .signingKeyMade : .signingKeyRotated, outcome: .success,
            details: ["keyId": .string(id)])
        do {
            let seed = try SecretBytes(randomCount: 32, from: surroundings)
            let sealed = try sealer.seal(seed, context: Self.sealingContext(id), surroundings)
            let key = try Ed25519SigningKey(seed: seed)
            let isAdded = try await database.insertSigningKey(
                id: id, publicKey: key.publicKey, sealedPrivateKey: sealed, createdAt: now,
                signsFrom: signsFrom, olderVerifyUntil: olderVerifyUntil,
                onlyWhenNone: onlyWhenNone,
                audit: record.insertion(at: now))
            return isAdded ? id : nil
        } catch is StorageError {
            throw .storageUnavailable
        } catch {
            throw .memoryExhausted
        }
    }

    private static func sealingContext(_ id: String) -> String {
        "signing_keys.\(id).private_key"
    }
}
