import CPostgres
import Determinism
import Glibc

extension BlockingConnection {
    /// Handed to libpq at a time: it keeps what the socket does not take at once.
    private static let copyPieceCount = 256 << 10

    /// Runs a `COPY … FROM STDIN` with all of its data.
    ///
    /// Source: the PostgreSQL 15 manual, 34.10 "Functions Associated with the COPY Command".
    func copy(
        _ text: String, _ data: UnsafeRawBufferPointer, until deadline: Deadline
    ) throws(StatementFailure) -> StatementAnswer {
        guard let handle else { throw .notSent }
        guard PQsendQuery(handle, text) == 1, send(until: deadline) else {
            close()
            throw .notSent
        }
        if let answer = try awaitCopy(until: deadline) { return answer }
        for start in stride(from: 0, to: data.count, by: Self.copyPieceCount) {
            let end = min(data.count, start + Self.copyPieceCount)
            try put(UnsafeRawBufferPointer(rebasing: data[start..<end]), until: deadline)
        }
        while true {
            let outcome = PQputCopyEnd(handle, nil)
            if outcome == 1 { break }
            guard outcome == 0, send(until: deadline) else { throw lostCopy() }
        }
        guard send(until: deadline) else { throw lostCopy() }
        return try receive(until: deadline)
    }

    /// - Returns: nil when the server waits for data; an answer would be of another statement.
    private func awaitCopy(until deadline: Deadline) throws(StatementFailure) -> StatementAnswer? {
        guard let result = try nextResult(until: deadline) else { throw lostCopy() }
        if PQresultStatus(result) == PGRES_COPY_IN {
            PQclear(result)
            return nil
        }
        let refusal = ServerRefusal(result)
        PQclear(result)
        while let rest = try nextResult(until: deadline) { PQclear(rest) }
        guard let refusal else { throw lostCopy() }
        throw .refused(refusal)
    }

    private func put(
        _ piece: UnsafeRawBufferPointer, until deadline: Deadline
    ) throws(StatementFailure) {
        guard let handle, let start = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
        else { throw lostCopy() }
        while true {
            let outcome = PQputCopyData(handle, start, Int32(piece.count))
            if outcome == 1 { break }
            guard outcome == 0, send(until: deadline) else { throw lostCopy() }
        }
        guard send(until: deadline) else { throw lostCopy() }
    }

    /// Without its transaction's commit nothing of a COPY stays.
    private func lostCopy() -> StatementFailure {
        close()
        return .lost
    }
}
