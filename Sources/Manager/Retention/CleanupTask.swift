public import Determinism
import Escrow
public import Storage

/// Removes what the policy says is kept no longer, and makes the days that lines are to come in.
///
/// Two clocks have to agree that something is old, this machine's and the database's, so that
/// neither can do harm alone by running ahead. Days of the log go whole, and not while anything
/// rests on them: a batch that is not metered, use that is not invoiced, an invoice that is not
/// settled, an account with an open break.
public struct CleanupTask: Sendable {
    public static let intervalMilliseconds: Int64 = 5 * 60_000

    /// Rows of one statement, and statements of one kind in one run.
    private static let biteSize = 5000
    private static let bites = 200

    private let database: Database
    private let policy: RetentionPolicy
    private let surroundings: Surroundings

    public init(database: Database, policy: RetentionPolicy, surroundings: Surroundings) {
        self.database = database
        self.policy = policy
        self.surroundings = surroundings
    }

    public var task: ManagerTask {
        ManagerTask("cleanup", everyMilliseconds: Self.intervalMilliseconds) { leader in
            try await run(as: leader)
        }
    }

    private func run(as leader: Generation) async throws -> TaskReport {
        let (own, theirs) = try await Clocks.read(database, surroundings)
        let (earlier, later) = (min(own, theirs), max(own, theirs))
        var counts: [String: Int64] = [:]
        let first = Day(earlier).adding(-1)
        let last = Day(later).adding(policy.logDaysAhead)
        // Far apart, the clocks would have years of days made.
        guard last.number - first.number <= policy.logDaysAhead + Self.mostApartDays else {
            throw Clocks.disagreement(own, theirs)
        }
        counts["days_made"] = try await leading(leader) { transaction throws(StorageError) in
            try await transaction.makeLogDays(first, last)
        }
        let days = try await dropDays(before: Day(earlier), as: leader)
        counts["days_dropped"] = days.dropped
        counts["days_kept"] = Int64(days.restedOn.count)
        counts["days_busy"] = days.busy
        try await removeRows(at: earlier, as: leader, &counts)
        var report = TaskReport(counts)
        let longAgo = Day(earlier).adding(-policy.logDays - Self.mostKeptDays)
        if let oldest = days.restedOn.first, oldest < longAgo {
            report.finding = "days_kept"
            report.detail =
                "\(days.restedOn.count) days of the log, the oldest from \(oldest.start.rfc3339), stay "
                + "until what rests on them is settled: an unpaid invoice, use that is not "
                + "invoiced, a batch that is not metered, or an open break"
        }
        return report
    }

    private static let mostApartDays: Int64 = 10
    /// Beyond the policy's age; after it somebody has to look.
    private static let mostKeptDays: Int64 = 30

    // MARK: - Days of the log

    private struct Days {
        var dropped: Int64 = 0
        /// Old enough, and still needed; the oldest first.
        var restedOn: [Day] = []
        /// Not tried any more in this run, because somebody reads or writes the log all the time.
        var busy: Int64 = 0
    }

    private enum DayEnding {
        case dropped, restedOn, busy
    }

    private func dropDays(before today: Day, as leader: Generation) async throws -> Days {
        let old = try await database.logDays(before: today.adding(-policy.logDays))
        var days = Days()
        for (place, day) in old.enumerated() {
            switch try await drop(day, as: leader) {
            case .dropped: days.dropped += 1
            case .restedOn: days.restedOn.append(day)
            case .busy:
                days.busy = Int64(old.count - place)
                return days
            }
        }
        return days
    }

    private func drop(_ day: Day, as leader: Generation) async throws(LeaderError) -> DayEnding {
        do throws(LeaderError) {
            return try await leading(leader) { transaction throws(StorageError) in
                // Looked at without the lock first: what is rested on holds nobody up.
                guard try await !transaction.isRestedOn(day) else { return .restedOn }
                try await transaction.lockLog()
                guard try await !transaction.isRestedOn(day) else { return .restedOn }
                try await transaction.dropLogDay(day)
                return .dropped
            }
        } catch {
            // The lock, which was not to be had in time; or the database, which whoever asks it
            // next finds out.
            guard error == .storage(.unavailable) else { throw error }
            return .busy
        }
    }

    // MARK: - Rows

    /// Those of days that have gone. Days that stay are passed by, however many batches they have.
    private func removeBatches(
        at now: Timestamp, as leader: Generation
    ) async throws(LeaderError) -> Int64 {
        let moment = now.adding(seconds: -policy.logDays * 86_400)
        let end = Day(moment)
        let kept = try await leading(leader) { transaction throws(StorageError) in
            try await transaction.logDays(before: end)
        }
        var total: Int64 = 0
        for span in Day.spans(without: kept, until: end) {
            total += try await bites(as: leader) { transaction throws(StorageError) in
                try await transaction.removeBatches(
                    within: span, before: moment, limit: Self.biteSize)
            }
        }
        return total
    }

    /// One kind that cannot be removed keeps no other; two are taken for the database's fault.
    private func removeRows(
        at now: Timestamp, as leader: Generation, _ counts: inout [String: Int64]
    ) async throws(LeaderError) {
        var failure: LeaderError?
        func note(_ error: LeaderError) throws(LeaderError) {
            guard failure == nil, error != .deposed else { throw error }
            failure = error
        }
        do throws(LeaderError) {
            counts["batches"] = try await removeBatches(at: now, as: leader)
        } catch {
            try note(error)
        }
        for kind in AgedRows.allCases {
            do throws(LeaderError) {
                counts[kind.rawValue] = try await remove(kind, at: now, as: leader)
            } catch {
                try note(error)
            }
        }
        if let failure { throw failure }
    }

    private func remove(
        _ kind: AgedRows, at now: Timestamp, as leader: Generation
    ) async throws(LeaderError) -> Int64 {
        let moment = now.adding(seconds: -kind.days(policy) * 86_400)
        return try await bites(as: leader) { transaction throws(StorageError) in
            try await transaction.remove(kind, before: moment, limit: Self.biteSize)
        }
    }

    private func bites(
        as leader: Generation,
        _ remove: @Sendable (Transaction) async throws(StorageError) -> Int
    ) async throws(LeaderError) -> Int64 {
        var total: Int64 = 0
        for _ in 0..<Self.bites {
            let count = try await leading(leader, remove)
            total += Int64(count)
            if count < Self.biteSize { break }
        }
        return total
    }

    private func leading<Value: Sendable>(
        _ leader: Generation, _ body: @Sendable (Transaction) async throws(StorageError) -> Value
    ) async throws(LeaderError) -> Value {
        try await database.lead(as: leader, body)
    }
}
