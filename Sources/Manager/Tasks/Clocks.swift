public import Determinism
public import Storage

/// The clocks of this machine and of the database, for what must not be done at a wrong time.
public enum Clocks {
    /// More than servers that are kept in time are ever apart.
    private static let mostApartMilliseconds: Int64 = 300_000

    /// - Throws: ``TaskFailure`` `clocks_disagree` where they are five minutes or more apart.
    public static func compare(
        _ database: Database, _ surroundings: Surroundings
    ) async throws {
        let (own, theirs) = try await read(database, surroundings)
        guard abs(own.milliseconds - theirs.milliseconds) < mostApartMilliseconds else {
            throw disagreement(own, theirs)
        }
    }

    static func read(
        _ database: Database, _ surroundings: Surroundings
    ) async throws -> (own: Timestamp, theirs: Timestamp) {
        guard let theirs = try await database.serverTime() else {
            throw TaskFailure("storage_refused", "the database does not tell the time")
        }
        return (surroundings.now(), theirs)
    }

    static func disagreement(_ own: Timestamp, _ theirs: Timestamp) -> TaskFailure {
        TaskFailure(
            "clocks_disagree", "this machine says \(own.rfc3339), the database \(theirs.rfc3339)")
    }
}
