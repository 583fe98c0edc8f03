import Audit
public import ByteCodecs
import Cryptography
public import Determinism
public import Storage

/// The people who use the dashboard: made and revoked on the command line, signed in by a secret of
/// which only the hash is stored.
public struct Operators: Sendable {
    static let secretPrefix = "slo_"
    static let secretBytes = 32
    static let tokenLength = 32
    /// However busy, who is signed in signs in again after this.
    static let sessionSeconds: Int64 = 8 * 3600
    /// And after having done nothing for so long.
    static let idleSeconds: Int64 = 30 * 60

    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    public static func isName(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first, isPlain(first)
        else { return false }
        return text.utf8.allSatisfy { isPlain($0) || "_.-".utf8.contains($0) }
    }

    // MARK: - On the command line

    /// - Parameter person: who runs the command, as the audit log has operators.
    public func add(
        _ name: String, by person: JSONValue
    ) async throws(OperatorRefusal) -> NewOperator {
        guard Self.isName(name) else { throw .nameInvalid }
        let secret = newSecret()
        let hash = Self.hash(secret)
        let isAdded = try await changing(.operatorAdded, name, person) {
            transaction, now throws(StorageError) in
            try await transaction.insertOperator(name, hash: hash, at: now)
        }
        guard isAdded else { throw .nameTaken }
        return NewOperator(name: name, secret: secret)
    }

    public func list() async throws(OperatorRefusal) -> [OperatorEntry] {
        try await storing { () async throws(StorageError) in try await database.operators() }
    }

    /// Whoever has the secret is let in no more, and signed out at once.
    public func revoke(_ name: String, by person: JSONValue) async throws(OperatorRefusal) {
        let isRevoked = try await changing(.operatorRevoked, name, person) {
            transaction, now throws(StorageError) in
            try await transaction.revokeOperator(name, at: now)
        }
        guard isRevoked else { throw .nameUnknown }
    }

    /// A new secret in the place of the old one, which lets nobody in any more; sessions end.
    public func rotate(
        _ name: String, by person: JSONValue
    ) async throws(OperatorRefusal) -> NewOperator {
        let secret = newSecret()
        let isRotated = try await changing(.operatorRotated, name, person) {
            transaction, _ throws(StorageError) in
            try await transaction.replaceSecret(of: name, hash: Self.hash(secret))
        }
        guard isRotated else { throw .nameUnknown }
        return NewOperator(name: name, secret: secret)
    }

    private func newSecret() -> String {
        Self.secretPrefix + Base64.encodeURL(surroundings.randomBytes(Self.secretBytes))
    }

    private func changing(
        _ action: AuditAction, _ name: String, _ person: JSONValue,
        _ body: @Sendable (Transaction, Timestamp) async throws(StorageError) -> Bool
    ) async throws(OperatorRefusal) -> Bool {
        let now = surroundings.now()
        let record = AuditRecord(
            action: action, outcome: .success,
            details: ["name": .string(name), "operator": person])
        return try await storing { () async throws(StorageError) in
            try await database.transaction { transaction throws(StorageError) in
                guard try await body(transaction, now) else { return false }
                try await transaction.execute(record.insertion(at: now))
                return true
            }
        }
    }

    // MARK: - At the dashboard

    /// - Returns: the new session's token; nil where name and secret do not belong together. Both
    ///   are on record.
    func signIn(_ name: String, secret: String) async throws(OperatorRefusal) -> [UInt8]? {
        let stored = try await storing { () async throws(StorageError) in
            try await database.operatorSecret(name: name)
        }
        // An unknown name takes as long, and fits nothing.
        let isRight = ConstantTime.equal(
            stored?.hash ?? Array(repeating: 0, count: SHA256.count), Self.hash(secret))
        let now = surroundings.now()
        guard isRight, let stored else {
            try await noteWrongSecret(["name": .string(Self.isName(name) ? name : "?")])
            return nil
        }
        let token = surroundings.randomBytes(Self.tokenLength)
        let record = AuditRecord(
            action: .operatorSignedIn, outcome: .success,
            details: ["operator": .string(stored.name)])
        let isOpen = try await storing { () async throws(StorageError) in
            try await database.transaction { transaction throws(StorageError) in
                let isOpen = try await transaction.insertOperatorSession(
                    SHA256.hash(token), of: stored, at: now,
                    expires: now.adding(seconds: Self.sessionSeconds))
                if isOpen { try await transaction.execute(record.insertion(at: now)) }
                return isOpen
            }
        }
        return isOpen ? token : nil
    }

    func name(ofSession token: [UInt8]) async throws(OperatorRefusal) -> String? {
        let now = surroundings.now()
        return try await storing { () async throws(StorageError) in
            try await database.operatorOfSession(
                SHA256.hash(token), at: now, idleSince: now.adding(seconds: -Self.idleSeconds))
        }
    }

    func noteWrongSecret(_ details: JSONValue) async throws(OperatorRefusal) {
        let record = AuditRecord(
            action: .operatorSignInFailed, outcome: .failure, reason: "secret_wrong",
            details: details)
        let now = surroundings.now()
        _ = try await storing { () async throws(StorageError) in
            try await database.execute(record.insertion(at: now))
        }
    }

    /// For tools, which send the secret with each request.
    func name(ofSecret secret: String) async throws(OperatorRefusal) -> String? {
        let hash = Self.hash(secret)
        let stored = try await storing { () async throws(StorageError) in
            try await database.operatorSecret(hash: hash)
        }
        guard let stored, ConstantTime.equal(stored.hash, hash) else { return nil }
        return stored.name
    }

    func signOut(_ token: [UInt8], of name: String) async throws(OperatorRefusal) {
        let now = surroundings.now()
        let record = AuditRecord(
            action: .operatorSignedOut, outcome: .success, details: ["operator": .string(name)])
        try await storing { () async throws(StorageError) in
            try await database.transaction { transaction throws(StorageError) in
                try await transaction.deleteOperatorSession(SHA256.hash(token))
                try await transaction.execute(record.insertion(at: now))
            }
        }
    }

    private static func hash(_ secret: String) -> [UInt8] { SHA256.hash(Array(secret.utf8)) }

    private func storing<Value: Sendable>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(OperatorRefusal) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }
}
