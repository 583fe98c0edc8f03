import Audit
import ByteCodecs
public import Cryptography
public import Determinism
public import Idempotency
public import Identifiers
public import Storage

/// The keys with which customers use their services: who has which, and in which state. Each
/// change is one transaction with its record in the audit log.
public struct APIKeys: Sendable {
    /// How long a rotated key still works where nobody says; and at most.
    public static let usualOverlapSeconds: Int64 = 86_400
    public static let longestOverlapSeconds: Int64 = 604_800

    let database: Database
    private let sealer: SecretSealer
    private let surroundings: Surroundings

    /// - Parameter sealer: with `DB_ENCRYPTION_KEY`.
    public init(database: Database, sealer: SecretSealer, surroundings: Surroundings) {
        self.database = database
        self.sealer = sealer
        self.surroundings = surroundings
    }

    /// Newest first, without what was deleted.
    ///
    /// - Parameter before: goes on after this one.
    public func list(
        of customer: CustomerID, _ service: ServiceType, before: APIKeyID?, limit: Int
    ) async throws(APIKeyError) -> [APIKeyDetails] {
        try await stored { () throws(StorageError) in
            try await database.apiKeys(of: customer, service, before: before, limit: limit)
        }
    }

    /// A new key, where the plan has a slot for it.
    ///
    /// - Parameter key: makes one for its request, however often that comes. The key itself is not
    ///   kept with the answer but opened again.
    public func create(
        for service: ServiceType, name: String?, by actor: ActingCustomer,
        under key: IdempotencyKey? = nil
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let (made, id) = (APIKey(for: service, from: surroundings), APIKeyID(from: surroundings))
        let sealed = try seal(made, id)
        let now = surroundings.now()
        return try await issue(by: actor, under: key, at: now) { transaction throws(StorageError) in
            guard let row = try await transaction.lockInstance(actor.customer, service),
                let slots = row.apiKeySlots
            else { return .failure(.notConfigured) }
            let taken = try await transaction.activeKeyCount(of: actor.customer, service)
            guard taken < slots else { return .failure(.slotsTaken(slots: slots)) }
            try await transaction.insert(
                made, id, of: actor.customer, name: name, sealed: sealed, rotatedFrom: nil, at: now)
            try await transaction.audit(
                .apiKeyCreated, by: actor, made.auditDetails(id), at: now)
            return .success((id, made))
        }
    }

    /// A new key in the place of another, which works for a while longer. Of what one key after
    /// another took the place of, only the last still works.
    ///
    /// - Parameters:
    ///   - overlapSeconds: 0 to ``longestOverlapSeconds``; 0 revokes the old one at once.
    ///   - key: as for ``create(for:name:by:under:)``.
    public func rotate(
        _ id: APIKeyID, overlapSeconds: Int64, by actor: ActingCustomer,
        under key: IdempotencyKey? = nil
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let now = surroundings.now()
        let overlap = min(max(0, overlapSeconds), Self.longestOverlapSeconds)
        let newID = APIKeyID(from: surroundings)
        return try await issue(by: actor, under: key, at: now) { transaction throws(StorageError) in
            let found = try await transaction.lockKey(id, of: actor.customer)
            guard let (old, row) = found else { return .failure(.unknown) }
            if let next = old.rotatedTo { return .failure(.rotated(to: next)) }
            guard old.state(at: now) == .active else { return .failure(.notActive) }
            let slots = row.apiKeySlots ?? 0
            let others = try await transaction.overlapCount(
                of: actor.customer, old.service, without: old.rotatedFrom, at: now)
            guard overlap == 0 || others < max(1, slots) else {
                return .failure(.overlapsTaken(slots: slots))
            }
            let made = APIKey(for: old.service, from: surroundings)
            guard let sealed = try? seal(made, newID) else { return .failure(.sealingFailed) }
            let ended = try await transaction.replace(
                old, by: made, newID, sealed: sealed, overlapSeconds: overlap, at: now)
            var details = made.auditDetails(newID)
            details["rotatedFrom"] = .string(id.description)
            details["overlapSeconds"] = .integer(overlap)
            try await transaction.audit(.apiKeyRotated, by: actor, details, at: now)
            if let ended {
                let details: JSONObject = [
                    "apiKeyId": .string(ended.description),
                    "serviceType": .string(old.service.rawValue),
                    "supersededBy": .string(newID.description),
                ]
                try await transaction.audit(.apiKeyRevoked, by: actor, details, at: now)
            }
            return .success((newID, made))
        }
    }

    /// From its commit on no vault has it; in HAProxy it ends within 2 s. Again is the same.
    public func revoke(
        _ id: APIKeyID, by actor: ActingCustomer
    ) async throws(APIKeyError) -> APIKeyDetails {
        try await change(id, by: actor, .apiKeyRevoked) { _, key, _, _ throws(StorageError) in
            // By the row: one whose overlap has just ended is still in the vault.
            key.state == .revoked ? .success(nil) : .success(.revoked)
        }
    }

    /// Takes a revocation back, where the plan has a slot for it. Again is the same.
    public func enable(
        _ id: APIKeyID, by actor: ActingCustomer
    ) async throws(APIKeyError) -> APIKeyDetails {
        try await change(id, by: actor, .apiKeyEnabled) {
            transaction, key, row, _ throws(StorageError) in
            if let next = key.rotatedTo { return .failure(.rotated(to: next)) }
            if key.state == .active { return .success(nil) }
            let taken = try await transaction.activeKeyCount(of: actor.customer, key.service)
            let slots = row.apiKeySlots ?? 0
            return taken < slots ? .success(.active) : .failure(.slotsTaken(slots: slots))
        }
    }

    /// For good: the key itself is forgotten. Again it is unknown.
    public func delete(_ id: APIKeyID, by actor: ActingCustomer) async throws(APIKeyError) {
        _ = try await change(id, by: actor, .apiKeyDeleted) { _, _, _, _ throws(StorageError) in
            .success(.deleted)
        }
    }

    /// Ties a sealed key to its row.
    public static func sealingContext(_ id: APIKeyID) -> String { "api_keys.\(id).sealed_key" }

    func seal(_ key: APIKey, _ id: APIKeyID) throws(APIKeyError) -> String {
        do {
            return try sealer.seal(
                Array(key.text.utf8), context: Self.sealingContext(id), surroundings)
        } catch {
            throw .sealingFailed
        }
    }

    func open(_ sealed: String, _ id: APIKeyID) throws(APIKeyError) -> APIKey {
        do {
            let text = try sealer.open(sealed, context: Self.sealingContext(id)).copy()
            return try APIKey(parsing: String(decoding: text, as: UTF8.self))
        } catch {
            throw .sealingFailed
        }
    }

    var now: Timestamp { surroundings.now() }
}
