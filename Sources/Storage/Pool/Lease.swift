import Determinism
import Observability

/// A transaction's hold on one pool thread.
///
/// The thread is asked for with the first statement and let go at the end, or at the deadline,
/// whatever the transaction's body is doing then: nobody can keep a connection by not returning.
final class Lease: Sendable {
    enum Command: Sendable {
        case statement(Job)
        case end(commits: Bool, reply: @Sendable (Result<Void, StorageError>) -> Void)
    }

    private enum Phase {
        case untouched, requested, over
    }

    private struct State {
        var phase = Phase.untouched
        var commands: [Command] = []
    }

    let deadline: Deadline
    private let asked: Deadline
    private let database: Database
    private let state = Monitor(State())

    init(_ database: Database, asked: Deadline, deadline: Deadline) {
        self.database = database
        self.asked = asked
        self.deadline = deadline
    }

    func submit(_ command: Command) {
        let phase = state.update { state in
            let phase = state.phase
            switch phase {
            case .untouched: state.phase = .requested
            case .requested, .over: break
            }
            if phase != .over { state.commands.append(command) }
            return phase
        }
        switch phase {
        case .untouched: begin()
        case .requested: break
        case .over: Self.refuse(command, .unavailable)
        }
    }

    /// Ends a transaction. One that ran no statement needs no connection for that.
    func end(
        commits: Bool, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        let isUntouched = state.update { state in
            guard state.phase == .untouched else { return false }
            state.phase = .over
            return true
        }
        if isUntouched { return reply(.success(())) }
        submit(.end(commits: commits, reply: reply))
    }

    private func begin() {
        database.submit(
            Job(asked: asked, deadline: deadline, run: serve, refuse: finish))
    }

    /// On the pool thread: runs commands until the end or the deadline.
    @Sendable private func serve(_ pooled: PooledConnection) {
        let connection: BlockingConnection
        do {
            connection = try pooled.begin(until: deadline)
        } catch {
            pooled.discard()
            pooled.metrics.count(.unavailable)
            return finish(.unavailable)
        }
        while connection.isOpen, let command = nextCommand() {
            switch command {
            case .statement(let job): job.run(pooled)
            case .end(let commits, let reply):
                let outcome = commits ? commit(connection) : rollBack(connection)
                if case .failure(let error) = outcome { pooled.metrics.count(error) }
                finish(.unavailable)
                return reply(outcome)
            }
        }
        pooled.discard()  // The server rolls back what was open.
        finish(.unavailable)
    }

    private func nextCommand() -> Command? {
        state.wait(until: deadline) { state in
            state.commands.isEmpty ? nil : state.commands.removeFirst()
        }
    }

    private func commit(_ connection: BlockingConnection) -> Result<Void, StorageError> {
        if connection.isTransactionFailed {
            _ = rollBack(connection)
            return .failure(.rejected(sqlState: "25P02"))  // in_failed_sql_transaction
        }
        guard connection.isStillOpen() else { return .failure(.unavailable) }
        do {
            let answer = try connection.runScript("COMMIT", until: deadline)
            return answer.command == "COMMIT"
                ? .success(()) : .failure(.rejected(sqlState: "25P02"))
        } catch {
            return .failure(error.storageError)
        }
    }

    private func rollBack(_ connection: BlockingConnection) -> Result<Void, StorageError> {
        let limit = max(deadline, .after(milliseconds: 100))
        if (try? connection.runScript("ROLLBACK", until: limit)) == nil { connection.close() }
        return .success(())
    }

    @Sendable private func finish(_ error: StorageError) {
        let left = state.update { state in
            defer { state = State(phase: .over, commands: []) }
            return state.commands
        }
        for command in left { Self.refuse(command, error) }
    }

    private static func refuse(_ command: Command, _ error: StorageError) {
        switch command {
        case .statement(let job): job.refuse(error)
        case .end(let commits, let reply): reply(commits ? .failure(error) : .success(()))
        }
    }
}
