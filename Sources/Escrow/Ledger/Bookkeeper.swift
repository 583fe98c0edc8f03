public import Determinism
public import Identifiers
public import Storage
public import SuiProtocol

/// Books what the follower saw: mirrors, ledger, outcomes and the mark in one transaction.
public struct Bookkeeper: Sendable {
    /// In one transaction: well below what the database's deadline lets through.
    static let eventLimit = 2000

    private let database: Database
    private let surroundings: Surroundings
    private let operators: Set<ObjectID>

    public init(database: Database, surroundings: Surroundings, operators: Set<ObjectID>) {
        self.database = database
        self.surroundings = surroundings
        self.operators = operators
    }

    /// What one window changed.
    public struct Summary: Sendable {
        /// False when the window does not begin where the mark stands: nothing was done.
        public let isBooked: Bool
        public let events: Int
        /// Operations that have an outcome now.
        public let ended: Int
        public let breaks: [Break]
    }

    /// Sets the mark where there is none: everything after `checkpoint` will be booked.
    public func begin(
        after checkpoint: Int64, epoch: Int64, as leader: Generation
    ) async throws(LeaderError) {
        try await database.lead(as: leader) {
            [now = surroundings.now()] transaction
                throws(StorageError) in
            try await transaction.beginFollowing(after: checkpoint, epoch: epoch, at: now)
        }
    }

    /// The last checkpoint that was booked; nil before ``begin(after:epoch:as:)``.
    public func mark() async throws(StorageError) -> Int64? {
        try await standing()?.checkpoint
    }

    /// The last checkpoint that was booked, with its epoch.
    func standing() async throws(StorageError) -> MarkRow? {
        try await database.followerMark()
    }

    /// Books a window in one commit with its mark; one with very many events in several, the mark
    /// with the last: events are known by their ids, so that what was booked stays booked once.
    ///
    /// - Throws: ``LeaderError``. From ``StorageError/connectionLost`` the caller reads
    ///   ``mark()``.
    public func book(
        _ window: CheckpointWindow, as leader: Generation
    ) async throws(LeaderError) -> Summary {
        var summary = Summary(isBooked: true, events: 0, ended: 0, breaks: [])
        for part in window.parts(of: Self.eventLimit) {
            let booked = try await book(part, as: leader)
            summary = Summary(
                isBooked: booked.isBooked, events: summary.events + booked.events,
                ended: summary.ended + booked.ended, breaks: summary.breaks + booked.breaks)
            guard booked.isBooked else { break }
        }
        return summary
    }

    private func book(
        _ part: WindowPart, as leader: Generation
    ) async throws(LeaderError) -> Summary {
        let now = surroundings.now()
        let operators = operators
        #if FAIL_POINTS
            if PlantedBug.markFirst.isOn, !part.window.events.isEmpty {
                _ = try await database.lead(as: leader) { transaction throws(StorageError) in
                    try await transaction.moveMark(over: part.window, at: now)
                }
                FailPoint.reached("planted.mark_first")
            }
        #endif
        return try await database.lead(as: leader) { transaction throws(StorageError) in
            let window = part.window
            let isNext =
                part.isLast
                ? try await transaction.moveMark(over: window, at: now)
                : try await transaction.holdMark(before: window)
            guard isNext || PlantedBug.markFirst.isOn else {
                return Summary(isBooked: false, events: 0, ended: 0, breaks: [])
            }
            let known = try await transaction.knownEvents(of: window.digests)
            var seen = known  // Pages overlap, and windows are read twice.
            let events = window.events.filter { seen.insert($0.id).inserted }
            var (booked, before) = try await Self.booked(
                events, operators, transaction, isWhole: false)
            if !booked.breaks.isEmpty {
                // An account is frozen: what is planned on it is given up, and has to be known.
                (booked, before) = try await Self.booked(
                    events, operators, transaction, isWhole: true)
            }
            let ended = try await Self.write(
                booked, over: before, events, window, transaction, at: now)
            if part.isLast { try await Self.close(window, transaction, at: now) }
            return Summary(
                isBooked: true, events: events.count, ended: ended, breaks: booked.breaks)
        }
    }

    /// Takes in coins of SUI that the charger has and that no checkpoint told of: those it had
    /// before the follower began, and those that were sent to it.
    ///
    /// - Parameter checkpoint: one that is certainly not before the node's answer.
    /// - Returns: how many were new.
    public func discover(
        _ gas: [GasCoin], checkpoint: Int64, as leader: Generation
    ) async throws(LeaderError) -> Int {
        try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.discover(gas, checkpoint: checkpoint)
        }
    }

    /// Accounts that no charge can name yet: it is not known since which version they are shared.
    public func accountsWithoutVersion(limit: Int) async throws(StorageError) -> [AccountID] {
        try await database.accountsWithoutVersion(limit: limit)
    }

    /// - Returns: of how many accounts it was not known.
    public func setVersions(
        _ versions: [(account: AccountID, version: Int64)], as leader: Generation
    ) async throws(LeaderError) -> Int {
        guard !versions.isEmpty else { return 0 }
        return try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.setVersions(versions)
        }
    }

    private static func booked(
        _ events: [RawEvent], _ operators: Set<ObjectID>, _ transaction: Transaction, isWhole: Bool
    ) async throws(StorageError) -> (Booking, [AccountMirror]) {
        let touched = Array(Set(events.compactMap(\.account)))
        let accounts = try await transaction.lockAccounts(touched).map(\.mirror)
        let owners = events.compactMap { event -> SuiAddress? in
            guard case .opened(let opening)? = event.fact else { return nil }
            return opening.owner
        }
        let references = events.compactMap { event -> ChargeReference? in
            event.fact?.outcome.flatMap { ChargeReference(bytes: $0.reference) }
        }
        let records = try await transaction.records(
            on: accounts.map(\.id), references: references, isWhole: isWhole)
        var booking = Booking(
            operators: operators,
            ownersWithAccount: try await transaction.ownersWithAccount(among: owners),
            accounts: accounts, records: records)
        for event in events.compactMap(\.event) { booking.book(event) }
        return (booking, accounts)
    }

    private static func write(
        _ booking: Booking, over before: [AccountMirror], _ events: [RawEvent],
        _ window: CheckpointWindow, _ transaction: Transaction, at now: Timestamp
    ) async throws(StorageError) -> Int {
        for (id, event) in booking.opened {
            guard let mirror = booking.accounts[id], case .opened(let opening) = event.fact else {
                continue
            }
            try await transaction.insertAccount(mirror, opening, of: event)
        }
        try await transaction.insert(events, booked: booking.booked)
        let known = Dictionary(uniqueKeysWithValues: before.map { ($0.id, $0) })
        let held = booking.heldChanges
        let changed = booking.accounts.values.filter {
            known[$0.id] != $0 || held[$0.id] ?? 0 != 0
        }
        try await transaction.update(changed, held: held, checkpoint: window.last, at: now)
        let outcomes = Dictionary(
            events.compactMap { event in
                event.fact?.outcome.map { (event.id, ($0.sequence, event.checkpoint)) }
            }, uniquingKeysWith: { first, _ in first })
        let ended = booking.changed.sorted().compactMap { booking.records[$0] }
        let count = try await transaction.end(ended, sequences: outcomes, at: now)
        for adoption in booking.adopted { try await transaction.insert(adoption, at: now) }
        try await transaction.insert(booking.entries, at: now)
        try await transaction.insert(booking.breaks, at: now)
        return count
    }

    /// What a window says of gas, once all of its events are booked.
    private static func close(
        _ window: CheckpointWindow, _ transaction: Transaction, at now: Timestamp
    ) async throws(StorageError) {
        try await transaction.insert(window.failures)
        try await transaction.update(window.gas, checkpoint: window.last)
        try await transaction.leave(window.goneGas)
        try await transaction.releaseDeadClaims(epoch: window.epoch, at: now)
    }
}

/// So much of a window as one transaction takes.
private struct WindowPart: Sendable {
    var window: CheckpointWindow
    var isLast: Bool
}

extension CheckpointWindow {
    fileprivate var digests: [TransactionDigest] { Array(Set(events.map(\.id.transaction))) }

    /// In the window's order; one at least.
    fileprivate func parts(of limit: Int) -> [WindowPart] {
        let starts = Array(stride(from: 0, to: max(1, events.count), by: limit))
        return starts.map { start in
            var window = self
            window.events = Array(events[start..<min(events.count, start + limit)])
            return WindowPart(window: window, isLast: start == starts.last)
        }
    }
}
