import Audit
import ByteCodecs
import Determinism
import Idempotency
import Identifiers
import Storage

/// How changes are committed: with their key, their record and the news, or not at all.
extension APIKeys {
    typealias Made = (id: APIKeyID, key: APIKey)

    /// Does `body` once for its key.
    func issue(
        by actor: ActingCustomer, under key: IdempotencyKey?, at now: Timestamp,
        _ body: @Sendable (Transaction) async throws(StorageError) -> Result<Made, APIKeyError>
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let outcome: (APIKeyID?, APIKey?) = try await decide {
            transaction throws(StorageError) -> Result<(APIKeyID?, APIKey?), APIKeyError> in
            if let key {
                switch try await transaction.take(key) {
                case .new: break
                case .refused(let refusal): return .failure(.keyRefused(refusal))
                case .bound(_, let made):
                    return .success((made.map { APIKeyID($0) }, nil))
                }
            }
            let made = try await body(transaction)
            guard case .success(let new) = made else { return made.map { ($0.id, $0.key) } }
            if let key {
                try await transaction.bind(key, made: new.id.uuid, answer: nil, at: now)
            }
            try await transaction.announceVaultChange()
            return .success((new.id, new.key))
        }
        guard let id = outcome.0 else { throw .storageUnavailable }
        return try await issued(id, outcome.1, to: actor.customer)
    }

    private func issued(
        _ id: APIKeyID, _ key: APIKey?, to customer: CustomerID
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let found = try await stored { () throws(StorageError) in
            try await database.apiKey(id, of: customer)
        }
        guard let found else { throw .unknown }
        if let key { return IssuedAPIKey(found, key: key) }
        let sealed = try await stored { () throws(StorageError) in
            try await database.sealedKey(id)
        }
        guard let sealed else { throw .unknown }
        return IssuedAPIKey(found, key: try open(sealed, id))
    }

    /// - Parameter decide: the state that it is to have; nil leaves all as it is.
    func change(
        _ id: APIKeyID, by actor: ActingCustomer, _ action: AuditAction,
        _ decide:
            @Sendable (
                Transaction, APIKeyDetails, InstanceRow, Timestamp
            ) async throws(StorageError) -> Result<APIKeyState?, APIKeyError>
    ) async throws(APIKeyError) -> APIKeyDetails {
        let now = now
        return try await self.decide { transaction throws(StorageError) in
            let locked = try await transaction.lockKey(id, of: actor.customer)
            guard let (key, row) = locked else { return .failure(.unknown) }
            let decision = try await decide(transaction, key, row, now)
            guard case .success(let state) = decision else { return decision.map { _ in key } }
            guard let state else { return .success(key) }
            guard try await transaction.change(id, from: key.state, to: state, at: now) else {
                return .failure(.unknown)
            }
            try await transaction.audit(action, by: actor, key.auditDetails, at: now)
            try await transaction.announceVaultChange()
            let after = try await transaction.apiKey(id, of: actor.customer)
            return .success(after ?? key)
        }
    }

    /// A refusal rolls everything back.
    private func decide<Value: Sendable>(
        _ body: @Sendable (Transaction) async throws(StorageError) -> Result<Value, APIKeyError>
    ) async throws(APIKeyError) -> Value {
        try await stored { () throws(StorageError) in try await database.decide(body) }.get()
    }

    func stored<Value: Sendable>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(APIKeyError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storageUnavailable
        }
    }
}

extension Transaction {
    /// The key with its instance, whose lock comes first with all who take both.
    func lockKey(
        _ id: APIKeyID, of customer: CustomerID
    ) async throws(StorageError) -> (APIKeyDetails, InstanceRow)? {
        guard let seen = try await apiKey(id, of: customer),
            let row = try await lockInstance(customer, seen.service),
            let key = try await apiKey(id, of: customer)
        else { return nil }
        return (key, row)
    }

    /// The old key ends at `overlapSeconds` from now, and the one before it at once.
    ///
    /// - Returns: the one before it, where that still worked.
    func replace(
        _ old: APIKeyDetails, by key: APIKey, _ id: APIKeyID, sealed: String,
        overlapSeconds: Int64, at now: Timestamp
    ) async throws(StorageError) -> APIKeyID? {
        var ended: APIKeyID?
        if let before = old.rotatedFrom,
            try await change(before, from: .active, to: .revoked, at: now)
        {
            ended = before
        }
        _ = try await limit(old.id, until: now.adding(seconds: overlapSeconds), at: now)
        if overlapSeconds == 0 {
            _ = try await change(old.id, from: .active, to: .revoked, at: now)
        }
        try await insert(
            key, id, of: old.customer, name: old.name, sealed: sealed, rotatedFrom: old.id, at: now)
        return ended
    }
}

extension APIKey {
    /// Enough to tell a customer's keys apart; 130 bits of the key stay unknown.
    var hint: String { String(text.prefix(12)) }

    func auditDetails(_ id: APIKeyID) -> JSONObject {
        [
            "apiKeyId": .string(id.description), "serviceType": .string(service.rawValue),
            "hint": .string(hint),
        ]
    }
}

extension APIKeyDetails {
    var auditDetails: JSONObject {
        [
            "apiKeyId": .string(id.description), "serviceType": .string(service.rawValue),
            "hint": .string(hint),
        ]
    }
}

extension InstanceRow {
    /// How many keys may be active: those of the configuration, or of the one that is to come
    /// where that has fewer. Nil before one is chosen.
    public var apiKeySlots: Int64? {
        configuration.map { min($0.apiKeys, scheduled?.configuration.apiKeys ?? $0.apiKeys) }
    }
}
