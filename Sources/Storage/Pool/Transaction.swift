import Determinism
import Synchronization

/// Statements that are done together or not at all.
///
/// All of it, from the call of ``Database/transaction(_:)`` to the commit, has one deadline; past
/// it every statement fails as ``StorageError/unavailable`` and nothing was done. Between its
/// statements the body waits for nothing slow: the connection is held meanwhile. Kept after its
/// body has returned, it refuses everything.
public final class Transaction: StatementRunner {
    private let lease: Lease
    private let isAbandoned = Atomic(false)

    init(_ lease: Lease) { self.lease = lease }

    /// Rolls back when the body returns, although it returns: for a decision that is no error of
    /// the database's.
    public func abandon() { isAbandoned.store(true, ordering: .relaxed) }

    public func perform<Value: Sendable>(
        _ sql: SQL,
        _ read: @escaping @Sendable (borrowing StatementAnswer) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let statement = Statement(sql)
        let deadline = lease.deadline
        let outcome: Result<Value, StorageError> = await withCheckedContinuation { caller in
            lease.submit(
                .statement(
                    Job(
                        asked: .now, deadline: deadline,
                        run: { pooled in
                            caller.resume(
                                returning: Result { () throws(StorageError) in
                                    try pooled.performInTransaction(
                                        statement, until: deadline, read: read)
                                })
                        },
                        refuse: { caller.resume(returning: .failure($0)) })))
        }
        return try outcome.get()
    }

    fileprivate func end(commits: Bool) async throws(StorageError) {
        let isCommit = commits && !isAbandoned.load(ordering: .relaxed)
        let outcome: Result<Void, StorageError> = await withCheckedContinuation { caller in
            lease.end(commits: isCommit) { caller.resume(returning: $0) }
        }
        try outcome.get()
    }
}

extension Database {
    /// Runs `body` in one transaction (READ COMMITTED) and commits when it returns.
    ///
    /// - Throws: what `body` throws, after rolling back. From the commit itself
    ///   ``StorageError/connectionLost``: whether it was done is not known. A failed statement
    ///   whose error `body` swallowed makes the commit fail as
    ///   ``StorageError/rejected(sqlState:)`` with `25P02`.
    public func transaction<Value: Sendable>(
        _ body: @Sendable (Transaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let asked = Deadline.now
        let transaction = Transaction(
            Lease(
                self, asked: asked,
                deadline: asked.adding(milliseconds: configuration.deadlineMilliseconds)))
        let value: Value
        do {
            value = try await body(transaction)
        } catch {
            try? await transaction.end(commits: false)
            throw error
        }
        try await transaction.end(commits: true)
        return value
    }

    /// As ``transaction(_:)``, for what may be decided against: a refusal rolls back all that the
    /// body did.
    public func decide<Value: Sendable, Refusal: Error>(
        _ body: @Sendable (Transaction) async throws(StorageError) -> Result<Value, Refusal>
    ) async throws(StorageError) -> Result<Value, Refusal> {
        try await transaction { transaction throws(StorageError) in
            let decision = try await body(transaction)
            if case .failure = decision { transaction.abandon() }
            return decision
        }
    }
}
