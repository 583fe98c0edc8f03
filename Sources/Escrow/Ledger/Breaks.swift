import Audit
public import ByteCodecs
public import Determinism
import Identifiers
public import Storage
import SuiProtocol

/// What did not fit, until a human has looked: an account with one is charged no more.
public struct Breaks: Sendable {
    /// What became of an attempt to accept one.
    public enum Acceptance: Hashable, Sendable {
        /// - Parameter left: how many of the account's are open still; with none it is charged again.
        case accepted(OpenBreak, left: Int)
        /// There is none of that number, or it was accepted before.
        case notOpen
    }

    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// - Returns: the oldest first, ten thousand at most.
    public func open() async throws(StorageError) -> [OpenBreak] {
        try await database.unacceptedBreaks()
    }

    /// A human has looked at one, and takes the chain's word for it: it changes no figure. The
    /// account is charged again once none of its breaks is open. Leaves one audit record, in the same
    /// commit.
    ///
    /// - Parameters:
    ///   - reason: what was found, in words; for the record.
    ///   - person: who did it, as the audit log has operators.
    public func accept(
        _ number: Int64, because reason: String, by person: JSONValue
    ) async throws(StorageError) -> Acceptance {
        let now = surroundings.now()
        return try await database.transaction { transaction throws(StorageError) in
            // The account's row first, as everybody locks them.
            guard let account = try await transaction.openBreak(number)?.account else {
                return .notOpen
            }
            _ = try await transaction.lockAccounts([account])
            guard let found = try await transaction.openBreak(number),
                try await transaction.resolveBreak(number, at: now)
            else { return .notOpen }
            let left = try await transaction.openBreakCount(of: account)
            if left == 0 { try await transaction.thaw(account) }
            try await transaction.execute(
                Self.record(found, left, reason, person).insertion(at: now))
            return .accepted(found, left: left)
        }
    }

    private static func record(
        _ found: OpenBreak, _ left: Int, _ reason: String, _ person: JSONValue
    ) -> AuditRecord {
        AuditRecord(
            action: .breakAccepted, outcome: .success, reason: found.name,
            details: [
                "break": .integer(found.number),
                "account": .string(found.account.description),
                "digest": .string(found.event.transaction.description),
                "eventSequence": .integer(found.event.sequence),
                "stillOpen": .integer(Int64(left)), "because": .string(reason),
                "operator": person,
            ])
    }
}
