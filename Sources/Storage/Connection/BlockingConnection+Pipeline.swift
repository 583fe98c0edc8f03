import CPostgres
import Determinism

extension BlockingConnection {
    /// Runs statements together: sent at once, committed at once, and not at all when one fails.
    ///
    /// Without a sync between them they are one transaction, which the sync at the end commits.
    /// Source: the PostgreSQL 15 manual, 34.5 "Pipeline Mode".
    ///
    /// - Parameters:
    ///   - statements: at least one; run in this order, each seeing what those before it did.
    ///   - read: called with each statement's answer, before it is known to be committed.
    /// - Throws: the refusal of the first that failed; nothing was done.
    func runTogether(
        _ statements: [Statement], until deadline: Deadline,
        read: (_ index: Int, _ answer: borrowing StatementAnswer) -> Void
    ) throws(StatementFailure) {
        try sendTogether(statements, until: deadline)
        let refused = try receiveTogether(statements.count, until: deadline, read: read)
        if let handle, PQexitPipelineMode(handle) != 1 { close() }
        guard let refused else { return }
        if Self.isStalePlan(refused.refusal), statements.indices.contains(refused.index) {
            forget(statements[refused.index])
        }
        throw .refused(refused.refusal)
    }

    /// Before the sync is out, the server has nothing that it could commit.
    private func sendTogether(
        _ statements: [Statement], until deadline: Deadline
    ) throws(StatementFailure) {
        var names: [String?] = []
        for statement in statements {
            names.append(try preparedName(for: statement, until: deadline))
        }
        guard let handle, PQenterPipelineMode(handle) == 1,
            zip(statements, names).allSatisfy({ queue($0, preparedAs: $1, on: handle) }),
            PQpipelineSync(handle) == 1, send(until: deadline)
        else {
            close()
            throw .notSent
        }
    }

    /// Reads up to the answer to the sync: only then all is committed, or nothing.
    private func receiveTogether(
        _ count: Int, until deadline: Deadline,
        read: (_ index: Int, _ answer: borrowing StatementAnswer) -> Void
    ) throws(StatementFailure) -> (index: Int, refusal: ServerRefusal)? {
        var refused: (index: Int, refusal: ServerRefusal)?
        var index = 0
        while index <= count {
            guard let result = try nextResult(until: deadline) else {
                index += 1  // A statement's answer has ended.
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                return refused
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                read(index, StatementAnswer(owning: result))
            case PGRES_FATAL_ERROR:
                if let refusal = ServerRefusal(result) { refused = refused ?? (index, refusal) }
                PQclear(result)
            default:  // Not run because of a refusal before it; or COPY, which never ends here.
                PQclear(result)
            }
        }
        close()
        throw refused.map { .refused($0.refusal) } ?? .lost
    }
}
