import Audit
import ByteCodecs
public import Cryptography
public import Determinism
import Identifiers
public import Storage

/// What a service of the operator may do with its key.
public enum ServiceScope: String, Sendable, CaseIterable {
    case charges, refunds, ingest, reports

    /// As stored: between spaces.
    static func list(_ text: String) -> [ServiceScope] {
        text.split(separator: " ").compactMap { ServiceScope(rawValue: String($0)) }
    }
}

/// Why no service key was made.
public enum ServiceKeyError: Error, Equatable, Sendable {
    /// 1–64 of `a-z 0-9 _ -`, beginning with a letter or digit.
    case nameInvalid
    case nameTaken
    /// The name's last key was revoked: whoever gets the name gets its idempotency keys.
    case nameRevoked
    case nameUnknown
    /// The key has two live secrets already.
    case tooManySecrets
    case scopesMissing
    /// 1–64 letters, digits, `_` and `-`.
    case edgeInvalid
    /// What is in the database already does not open: `DB_ENCRYPTION_KEY` is not the one that
    /// the gateways have, and none of them could use the new key.
    case cannotUnseal(keyID: String)
    case storageUnavailable
    case sealingFailed
}

/// A fresh key. The secret is shown once, here, and is kept only sealed.
public struct NewServiceKey: Sendable {
    public var id: String
    /// 64 lower-case hexadecimal digits; the HMAC key is these characters' bytes.
    public var secret: String
}

/// The keys with which the operator's own services sign their calls.
public struct ServiceKeys: Sendable {
    private let database: Database
    private let sealer: SecretSealer
    private let changedBy: Operator
    private let surroundings: Surroundings

    /// - Parameter changedBy: whom the audit trail names for what is changed here.
    public init(
        database: Database, sealer: SecretSealer, changedBy: Operator, surroundings: Surroundings
    ) {
        self.database = database
        self.sealer = sealer
        self.changedBy = changedBy
        self.surroundings = surroundings
    }

    /// - Parameter inherits: the name may be that of a key that was revoked. Idempotency keys
    ///   belong to the name: a request that the revoked key made is answered as it was, and not
    ///   done again.
    /// - Parameter edge: the one whose use it may tell of, with the scope `ingest`; nil: one of its
    ///   own name.
    public func add(
        name: String, scopes: Set<ServiceScope>, edge: String? = nil, inherits: Bool = false
    ) async throws(ServiceKeyError) -> NewServiceKey {
        guard Self.isName(name) else { throw .nameInvalid }
        guard edge.map(Self.isEdge) ?? true else { throw .edgeInvalid }
        guard !scopes.isEmpty else { throw .scopesMissing }
        try await checkSealer()
        let new = NewServiceKey(
            id: "svc_" + Hex.encode(surroundings.randomBytes(10)),
            secret: Hex.encode(surroundings.randomBytes(32)))
        let scopeText = ServiceScope.allCases.filter(scopes.contains).map(\.rawValue)
            .joined(separator: " ")
        try await store(new, name: name, scopes: scopeText, edge: edge, inherits: inherits)
        return new
    }

    /// Whether ours is the key under which the rest of the database is sealed: by every live
    /// signing key or, with HS256, which has none there, by the oldest live secret.
    private func checkSealer() async throws(ServiceKeyError) {
        let signingKeys: [SigningKeyRow]
        let secret: SealedSecretRow?
        do {
            signingKeys = try await database.signingKeys(at: surroundings.now())
            secret = try await database.oldestServiceSecret()
        } catch {
            throw .storageUnavailable
        }
        switch signingKeys.objection(by: sealer) {
        case .cannotUnseal(let keyID)?: throw .cannotUnseal(keyID: keyID)
        case .some: throw .sealingFailed
        case nil: break
        }
        guard signingKeys.isEmpty, let secret else { return }
        do {
            _ = try sealer.open(secret.sealed, context: Self.sealingContext(secret.id))
        } catch {
            throw .cannotUnseal(keyID: secret.keyID)
        }
    }

    /// A second secret, so that the key's holder can change over without a gap. Both are good
    /// until ``retireSecrets(of:)``.
    public func addSecret(to name: String) async throws(ServiceKeyError) -> NewServiceKey {
        try await checkSealer()
        let secret = Hex.encode(surroundings.randomBytes(32))
        let secretID = UUIDv7(from: surroundings)
        let sealed = try seal(secret, secretID)
        let now = surroundings.now()
        let record = AuditRecord(
            action: .serviceSecretAdded, outcome: .success,
            details: ["name": .string(name), "operator": changedBy.details])
        let outcome: SecretAddition
        do {
            outcome = try await database.addServiceSecret(
                to: name, secretID: SQLUUID(bytes: secretID.bytes), sealedSecret: sealed,
                createdAt: now, audit: record.insertion(at: now))
        } catch {
            throw .storageUnavailable
        }
        switch outcome {
        case .added(let id): return NewServiceKey(id: id, secret: secret)
        case .unknown: throw .nameUnknown
        case .full: throw .tooManySecrets
        }
    }

    /// From now on only the newest secret is good.
    ///
    /// - Returns: false when there was no other.
    public func retireSecrets(of name: String) async throws(ServiceKeyError) -> Bool {
        let now = surroundings.now()
        let record = AuditRecord(
            action: .serviceSecretRetired, outcome: .success,
            details: ["name": .string(name), "operator": changedBy.details])
        let isKnown: Bool
        do {
            let isRetired = try await database.retireServiceSecrets(
                of: name, at: now, audit: record.insertion(at: now, selecting: .retiredSecret))
            if isRetired { return true }
            isKnown = try await database.hasLiveServiceKey(named: name)
        } catch {
            throw .storageUnavailable
        }
        guard isKnown else { throw .nameUnknown }
        return false
    }

    /// The key is unknown from now on, with all its secrets and at every gateway.
    public func revoke(_ name: String) async throws(ServiceKeyError) {
        let now = surroundings.now()
        let record = AuditRecord(
            action: .serviceKeyRevoked, outcome: .success,
            details: ["name": .string(name), "operator": changedBy.details])
        let isRevoked: Bool
        do {
            isRevoked = try await database.revokeServiceKey(
                name, at: now, audit: record.insertion(at: now, selecting: .revokedKey))
        } catch {
            throw .storageUnavailable
        }
        guard isRevoked else { throw .nameUnknown }
    }

    private func seal(
        _ secret: String, _ secretID: UUIDv7
    ) throws(ServiceKeyError) -> String {
        do {
            return try sealer.seal(
                Array(secret.utf8), context: Self.sealingContext(secretID), surroundings)
        } catch {
            throw .sealingFailed
        }
    }

    private func store(
        _ new: NewServiceKey, name: String, scopes: String, edge: String?, inherits: Bool
    ) async throws(ServiceKeyError) {
        let secretID = UUIDv7(from: surroundings)
        let now = surroundings.now()
        let sealed = try seal(new.secret, secretID)
        let record = AuditRecord(
            action: .serviceKeyAdded, outcome: .success,
            details: [
                "keyId": .string(new.id), "name": .string(name), "scopes": .string(scopes),
                "edge": edge.map { .string($0) } ?? .null, "inherits": .bool(inherits),
                "operator": changedBy.details,
            ])
        let isNameTaken: Bool
        do {
            let isStored = try await database.insertServiceKey(
                id: new.id, name: name, scopes: scopes, edge: edge, inherits: inherits,
                secretID: SQLUUID(bytes: secretID.bytes), sealedSecret: sealed, createdAt: now,
                audit: record.insertion(at: now, selecting: .addedKey))
            if isStored { return }
            isNameTaken = try await database.hasLiveServiceKey(named: name)
        } catch StorageError.constraintViolated(name: "service_keys_live_name", _) {
            throw .nameTaken
        } catch {
            throw .storageUnavailable
        }
        throw isNameTaken ? .nameTaken : .nameRevoked
    }

    /// Ties a sealed secret to its row.
    static func sealingContext(_ secretID: UUIDv7) -> String {
        "service_key_secrets.\(secretID).sealed_secret"
    }

    /// Whether a key might have this id: `svc_` and 20 lower-case hex digits.
    static func isID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes.starts(with: "svc_".utf8)
            && bytes.dropFirst(4).allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }

    /// What HAProxy's log and the intake take for an edge's name.
    public static func isEdge(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
            }
    }

    /// The form that ``ServiceKeyError/nameInvalid`` describes, and the database's CHECK as well.
    public static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 64 else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
        }
        return isAlphanumeric(first)
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
    }
}
