import Audit
import ByteCodecs
import Determinism
import Idempotency
import Observability
import Storage

/// What the gateway's callers are promised of every writing call: done once for its key, and told
/// in the audit log.
extension Wallets {
    /// Does the work once for its key. Nodes are asked outside of any database transaction, so that
    /// a slow one holds no connection; what was done and its key are committed together.
    ///
    /// - Parameters:
    ///   - prepare: may be done again where the process dies before the commit.
    ///   - write: what is committed with the key.
    func once(
        _ request: KeyedRequest<WalletTransaction>?,
        prepare: () async throws(WalletError) -> WalletTransaction,
        write:
            @escaping @Sendable (Transaction, WalletTransaction) async throws(StorageError)
            -> WalletTransaction
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction> {
        guard let request else {
            let prepared = try await prepare()
            return .done(
                try await stored { () throws(StorageError) in
                    try await database.transaction { transaction throws(StorageError) in
                        try await write(transaction, prepared)
                    }
                })
        }
        guard keysAtWork.begin(request.key) else { throw .keyRefused(.inFlight) }
        defer { keysAtWork.end(request.key) }
        if let known = try await known(request.key) { return known }
        let prepared = try await prepare()
        let outcome = try await stored { () throws(StorageError) in
            try await database.once(request, at: surroundings.now()) {
                transaction throws(StorageError) in
                try await write(transaction, prepared)
            }
        }
        switch outcome {
        case .success(let done): return done ?? .done(prepared)
        case .failure(let refusal): throw .keyRefused(refusal)
        }
    }

    /// What a key was bound to; nil while it is to nothing.
    private func known(
        _ key: IdempotencyKey
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction>? {
        let standing = try await stored { () throws(StorageError) in
            try await database.transaction { transaction throws(StorageError) in
                try await transaction.take(key)
            }
        }
        switch standing {
        case .new: return nil
        case .bound(let answer?, _): return .repeated(answer)
        case .bound(nil, let made): return .forgotten(made: made)
        case .refused(let refusal): throw .keyRefused(refusal)
        }
    }

    /// Writes a refusal beside it: a failure to write it is logged, and does not turn one refusal
    /// into another.
    func auditing<Value>(
        _ action: AuditAction, of owner: WalletOwner, _ details: JSONObject,
        _ body: () async throws(WalletError) -> Value
    ) async throws(WalletError) -> Value {
        do throws(WalletError) {
            return try await body()
        } catch {
            if let reason = error.auditReason {
                await audit(
                    owner.record(
                        action, .failure, reason: reason, details.merging(error.auditDetails)),
                    of: owner)
            }
            throw error
        }
    }

    private func audit(_ record: AuditRecord, of owner: WalletOwner) async {
        do {
            try await database.write(record, at: surroundings.now())
        } catch {
            logger.with(traceparent: owner.traceparent).error(
                "a refused wallet call could not be written to the audit log",
                ("requestId", .text(owner.origin.requestID ?? "")))
        }
    }
}

extension JSONObject {
    fileprivate func merging(_ other: JSONObject) -> JSONObject {
        var merged = self
        for member in other.members { merged[member.name] = member.value }
        return merged
    }
}
