import Audit
import ByteCodecs
public import Cryptography
public import Determinism
import Identifiers
public import Storage

/// What a service of the operator may do with its key.
public enum ServiceScope: String, Sendable, CaseIterable {
    case charges, refunds, ingest, reports
}

/// Why no service key was made.
public enum ServiceKeyError: Error, Equatable, Sendable {
    /// 1–64 of `a-z 0-9 _ -`, beginning with a letter or digit.
    case nameInvalid
    case nameTaken
    case scopesMissing
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
    private let surroundings: Surroundings

    public init(database: Database, sealer: SecretSealer, surroundings: Surroundings) {
        self.database = database
        self.sealer = sealer
        self.surroundings = surroundings
    }

    public func add(
        name: String, scopes: Set<ServiceScope>
    ) async throws(ServiceKeyError) -> NewServiceKey {
        guard Self.isName(name) else { throw .nameInvalid }
        guard !scopes.isEmpty else { throw .scopesMissing }
        let new = NewServiceKey(
            id: "svc_" + Hex.encode(surroundings.randomBytes(10)),
            secret: Hex.encode(surroundings.randomBytes(32)))
        let scopeText = ServiceScope.allCases.filter(scopes.contains).map(\.rawValue)
            .joined(separator: " ")
        try await store(new, name: name, scopes: scopeText)
        return new
    }

    private func store(
        _ new: NewServiceKey, name: String, scopes: String
    ) async throws(ServiceKeyError) {
        let secretID = UUIDv7(from: surroundings)
        let now = surroundings.now()
        let sealed: String
        do {
            sealed = try sealer.seal(
                Array(new.secret.utf8), context: "service_key_secrets.\(secretID).sealed_secret",
                surroundings)
        } catch {
            throw .sealingFailed
        }
        let record = AuditRecord(
            action: .serviceKeyAdded, outcome: .success,
            details: [
                "keyId": .string(new.id), "name": .string(name), "scopes": .string(scopes),
            ])
        do {
            try await database.insertServiceKey(
                id: new.id, name: name, scopes: scopes, secretID: SQLUUID(bytes: secretID.bytes),
                sealedSecret: sealed, createdAt: now, audit: record.insertion(at: now))
        } catch StorageError.constraintViolated(name: "service_keys_name_key", _) {
            throw .nameTaken
        } catch {
            throw .storageUnavailable
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
