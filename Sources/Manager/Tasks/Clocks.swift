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
        if let failure = try await disagreement(database, surroundings) { throw failure }
    }

    /// - Returns: what ``compare(_:_:)`` throws, for a task that can do a part of its work.
    public static func disagreement(
        _ database: Database, _ surroundings: Surroundings
    ) async throws -> TaskFailure? {
        let (own, theirs) = try await read(database, surroundings)
        let apart = abs(own.milliseconds - theirs.milliseconds)
        return apart < mostApartMilliseconds ? nil : disagreement(own, theirs)
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
        // By the minute, so that run after run is told as the same.
        let minutes =
            (own.milliseconds - theirs.milliseconds + (own < theirs ? -1 : 1) * 30_000) / 60_000
        return TaskFailure(
            "clocks_disagree",
            "this machine is \(abs(minutes)) minutes \(minutes < 0 ? "behind" : "ahead of") the database"
        )
    }
}
