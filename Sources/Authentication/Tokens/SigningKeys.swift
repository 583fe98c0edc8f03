import Audit
import ByteCodecs
public import Cryptography
public import Determinism
public import Observability
public import Storage
import Synchronization

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
    private let changedBy: Operator
    private let surroundings: Surroundings
    private let reports: SigningKeyReports
    private let hasLoaded = Atomic(false)
    let ring = KeyRing()

    /// - Parameter changedBy: whom the audit trail names for a key that is made here.
    public init(
        database: Database, sealer: SecretSealer, policy: TokenPolicy, changedBy: Operator,
        surroundings: Surroundings, logger: Logger, metrics: MetricsRegistry
    ) {
        self.database = database
        self.sealer = sealer
        self.policy = policy
        self.changedBy = changedBy
        self.surroundings = surroundings
        reports = SigningKeyReports(logger: logger, metrics: metrics, now: surroundings.now)
    }

    public var standing: SigningKeyStanding {
        if ring.signer(at: surroundings.now()) == nil { return .noSigner }
        let unopened = reports.unopened.count
        if unopened > 0 { return .unopened(count: unopened) }
        return reports.hasFailed ? .unread : .ready
    }

    /// Ids of the live rows that did not open when they were last read.
    public var unopened: [String] { reports.unopened }

    /// Fills the ring: every second in a gateway. Until it has succeeded once it also makes the
    /// first key, which signs at once, where there is none. After that it never does: a gateway
    /// whose database was emptied under it must not go on with a key of its own.
    ///
    /// - Throws: ``SigningKeyError/cannotUnseal(keyID:)`` when there are keys and none of them
    ///   opens.
    public func load() async throws(SigningKeyError) {
        if !hasLoaded.load(ordering: .relaxed) {
            do {
                try await makeFirst()
            } catch {
                reports.failed(error)
                throw error
            }
        }
        try await refresh()
        if ring.keys.isEmpty, let foreign = reports.unopened.first {
            throw .cannotUnseal(keyID: foreign)
        }
        hasLoaded.store(true, ordering: .relaxed)
    }

    /// Reads the ring anew, so that a rotation is seen long before the new key signs. A row that
    /// does not open is reported and left out; it must not keep the others from being heard of.
    public func refresh() async throws(SigningKeyError) {
        do {
            let known = Dictionary(uniqueKeysWithValues: ring.keys.map { ($0.id, $0) })
            var keys: [SigningKey] = []
            var unopened: [String] = []
            for row in try await stored() {
                do throws(SigningKeyError) {
                    keys.append(try Self.key(of: row, known: known[row.id], sealer))
                } catch .cannotUnseal(let id) {
                    unopened.append(id)
                }
            }
            ring.replace(with: keys)
            reports.read(unopened: unopened)
        } catch {
            reports.failed(error)
            throw error
        }
    }

    /// Writes nothing unless every live key opens here: a key sealed with another
    /// `DB_ENCRYPTION_KEY` than the gateways have would take their signer from them.
    ///
    /// - Parameter immediately: for a key that has leaked: the new one signs at once, and what
    ///   older ones signed is refused within a second. Whoever was signed in refreshes. Other
    ///   verifiers believe the old keys until their copy of the JWKS is too old.
    /// - Returns: the new key's id and the moment from which it signs.
    /// - Throws: ``SigningKeyError/rotationPending(keyID:signsFrom:)`` unless `immediately`.
    public func rotate(
        immediately: Bool = false
    ) async throws(SigningKeyError) -> (keyID: String, signsFrom: Timestamp) {
        let now = surroundings.now()
        let signsFrom = immediately ? now : now.adding(seconds: policy.keyLeadSeconds)
        let olderUntil = immediately ? now : signsFrom.adding(seconds: Self.afterlifeSeconds)
        let new = try made(at: now, signsFrom: signsFrom, olderVerifyUntil: olderUntil)
        let objection = try await add(
            new, .signingKeyRotated, [("immediately", .bool(immediately))]
        ) { [sealer] live in
            if let objection = live.objection(by: sealer) { return objection }
            guard !immediately, let next = live.first, next.signsFrom > now else { return nil }
            return SigningKeyError.rotationPending(keyID: next.id, signsFrom: next.signsFrom)
        }
        if let objection { throw objection }
        return (new.id, signsFrom)
    }

    /// Of several gateways that start together one wins.
    private func makeFirst() async throws(SigningKeyError) {
        let hasKey: @Sendable ([SigningKeyRow]) -> Bool? = { live in
            live.contains { $0.verifiesUntil == nil } ? true : nil
        }
        if hasKey(try await stored()) != nil { return }
        let now = surroundings.now()
        let first = try made(at: now, signsFrom: now, olderVerifyUntil: now)
        _ = try await add(first, .signingKeyMade, [], unless: hasKey)
    }

    private func stored() async throws(SigningKeyError) -> [SigningKeyRow] {
        do {
            return try await database.signingKeys(at: surroundings.now())
        } catch {
            throw .storageUnavailable
        }
    }

    private static func key(
        of row: SigningKeyRow, known: SigningKey?, _ sealer: SecretSealer
    ) throws(SigningKeyError) -> SigningKey {
        guard var known else { return try row.opened(by: sealer) }
        known.verifiesUntil = row.verifiesUntil
        return known
    }

    private func made(
        at now: Timestamp, signsFrom: Timestamp, olderVerifyUntil: Timestamp
    ) throws(SigningKeyError) -> NewSigningKey {
        let id = Base64.encodeURL(surroundings.randomBytes(12))
        do {
            let seed = try SecretBytes(randomCount: 32, from: surroundings)
            let sealed = try sealer.seal(
                seed, context: SigningKeyRow.sealingContext(id), surroundings)
            return NewSigningKey(
                id: id, publicKey: try Ed25519SigningKey(seed: seed).publicKey,
                sealedPrivateKey: sealed, createdAt: now, signsFrom: signsFrom,
                olderVerifyUntil: olderVerifyUntil)
        } catch {
            throw .memoryExhausted
        }
    }

    private func add<Objection: Sendable>(
        _ new: NewSigningKey, _ action: AuditAction, _ details: [(String, JSONValue)],
        unless objection: @Sendable ([SigningKeyRow]) -> Objection?
    ) async throws(SigningKeyError) -> Objection? {
        let members = [("keyId", .string(new.id)), ("operator", changedBy.details)] + details
        let record = AuditRecord(
            action: action, outcome: .success, details: .object(JSONObject(members)))
        do {
            return try await database.insertSigningKey(
                new, audit: record.insertion(at: new.createdAt), unless: objection)
        } catch {
            throw .storageUnavailable
        }
    }
}
