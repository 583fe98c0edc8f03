public import Determinism
public import Observability
public import SuiProtocol
import Synchronization

/// Reads the chain in windows of checkpoints and has them booked, each once and in order.
///
/// Only what a checkpoint holds and the node's index has passed counts. Its mark moves with the
/// bookings, so that a stop at any instant loses nothing and repeats nothing; another node goes on
/// where one left off. Nothing that anybody writes on chain stops it.
public final class Follower: Sendable {
    /// Where fail points stand in test builds, in the order in which a window passes them.
    public enum Point: String, Sendable, CaseIterable {
        case read, booked, discovered
    }

    private struct State {
        var size: WindowSize
        var markAt: Timestamp?
        /// The stored mark, as of when it was last read or moved.
        var mark: MarkRow?
        var lastStep: FollowerStep?
        var fault: FollowerError?
        /// Since something was last booked, or found to be.
        var failures: Int64 = 0
    }

    private let reader: WindowReader
    private let first: Int64
    private let bookkeeper: Bookkeeper
    private let upkeep: FollowerUpkeep
    private let looks: NodeLooks
    private let logger: Logger
    private let metrics: FollowerMetrics
    private let surroundings: Surroundings
    private let limits: FollowerLimits
    private let passes: @Sendable (Point) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - contracts: packages and coins whose events are booked; not empty.
    ///   - charger: whose coins of SUI and failed transactions are followed.
    ///   - first: the checkpoint to begin at in a database without a mark: at or before the one in
    ///     which the operator was created.
    ///   - passes: is told of every point; does nothing but in test builds.
    public init(
        node: any SuiNode, contracts: [EscrowContract], charger: SuiAddress,
        first: Int64 = 0, bookkeeper: Bookkeeper, logger: Logger,
        metrics: MetricsRegistry, surroundings: Surroundings,
        limits: FollowerLimits = FollowerLimits(),
        passes: @escaping @Sendable (Point) -> Void = { _ in }
    ) {
        reader = WindowReader(node: node, contracts: contracts, charger: charger)
        upkeep = FollowerUpkeep(
            node: node, charger: charger, bookkeeper: bookkeeper, logger: logger,
            surroundings: surroundings, limits: limits)
        self.first = first
        self.bookkeeper = bookkeeper
        self.logger = logger
        self.metrics = FollowerMetrics(metrics)
        looks = NodeLooks(
            node: node, logger: logger, metrics: self.metrics, surroundings: surroundings)
        self.surroundings = surroundings
        self.limits = limits
        self.passes = passes
        state = Mutex(
            State(
                size: WindowSize(
                    atMost: limits.windowCheckpoints, fullEvents: limits.windowEvents)))
    }

    /// Where it stood last; nil before the first look at the chain.
    public var lastStep: FollowerStep? { state.withLock { $0.lastStep } }

    /// Why it does not go on; nil while it does.
    public var fault: FollowerError? { state.withLock { $0.fault } }

    /// The tip that a node claims and that the chain cannot have come to; nil while it tells a
    /// possible one. Following goes on: what can be read counts.
    public var impossibleTip: Int64? { looks.impossibleTip }

    /// Follows until the task is cancelled, trying again whatever is wrong.
    ///
    /// - Parameter stepped: is told after each window, and after each look at a tip that is booked.
    /// - Throws: ``FollowerError/deposed`` alone.
    public func run(
        as leader: Generation, stepped: @Sendable (FollowerStep) -> Void = { _ in }
    ) async throws(FollowerError) {
        while !Task.isCancelled {
            var pause = limits.pollMilliseconds
            do throws(FollowerError) {
                try await catchUp(as: leader, stepped: stepped)
            } catch .deposed {
                throw .deposed
            } catch {
                let failures = state.withLock { state in
                    state.failures += 1
                    return state.failures
                }
                report(error, isNew: failures == 1)
                pause = min(limits.retryMilliseconds, limits.pollMilliseconds * failures)
            }
            try? await Task.sleep(for: .milliseconds(pause))
        }
    }

    /// Reads and books one window, if there is one.
    public func step(as leader: Generation) async throws(FollowerError) -> FollowerStep {
        let status = try await look()
        let mark = try await mark(status, as: leader)
        guard mark < status.indexed else {
            return try await rest(at: mark, status, as: leader)
        }
        let last = min(status.indexed, mark + state.withLock { $0.size.checkpoints })
        return try await book(try await reader.read(mark + 1...last), status, as: leader)
    }

    /// Books all that the node's index has passed, reading ahead of the booking, and goes on while
    /// looks beside it find more.
    public func catchUp(
        as leader: Generation, stepped: @Sendable (FollowerStep) -> Void = { _ in }
    ) async throws(FollowerError) {
        let status = try await look()
        let mark = try await mark(status, as: leader)
        guard mark < status.indexed else {
            stepped(try await rest(at: mark, status, as: leader))
            return
        }
        let windows = WindowsAhead<NodeStatus>(
            reader, from: mark + 1, size: state.withLock { $0.size }, limit: limits.windowsAhead)
        windows.extend(to: status.indexed, foundBy: status)
        let lookout = lookOut(for: windows)
        defer {
            lookout.cancel()
            windows.stop()
        }
        while !Task.isCancelled, let (window, status) = try await next(of: windows) {
            stepped(try await book(window, status, as: leader))
        }
    }

    /// Looks at the chain as often as ever while windows are read and booked.
    private func lookOut(for windows: WindowsAhead<NodeStatus>) -> Task<Void, Never> {
        Task { [reader, limits, metrics, surroundings] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(limits.pollMilliseconds))
                guard let status = try? await reader.node.status(), !Task.isCancelled else {
                    continue
                }
                metrics.looked(status, at: surroundings.now())
                windows.extend(to: status.indexed, foundBy: status)
            }
        }
    }

    private func next(
        of windows: WindowsAhead<NodeStatus>
    ) async throws(FollowerError) -> (window: CheckpointWindow, look: NodeStatus)? {
        defer { state.withLock { $0.size = windows.size } }
        do throws(FollowerError) {
            return try await windows.window()
        } catch .node(.notIndexed(let last)) {
            // Another endpoint's index, or less than a node claims: the next look ends there.
            looks.ended(at: last)
            return nil
        }
    }

    private func look() async throws(FollowerError) -> NodeStatus {
        let known = state.withLock { state in
            state.mark.flatMap { mark in
                state.markAt.map { TipClaim(mark: mark.checkpoint, markAt: $0) }
            }
        }
        do throws(SuiNodeError) {
            return try await looks.look(knowing: known)
        } catch {
            throw .node(error)
        }
    }

    // MARK: - The mark

    private func mark(
        _ status: NodeStatus, as leader: Generation
    ) async throws(FollowerError) -> Int64 {
        let known = try await markInDatabase()?.checkpoint
        let mark: Int64
        if let known { mark = known } else { mark = try await begin(status, as: leader) }
        guard mark + 1 >= status.firstAvailable else {
            throw .historyPruned(next: mark + 1, firstAvailable: status.firstAvailable)
        }
        return mark
    }

    private func markInDatabase() async throws(FollowerError) -> MarkRow? {
        do {
            let mark = try await bookkeeper.standing()
            state.withLock { $0.mark = mark }
            return mark
        } catch {
            throw .storage(error)
        }
    }

    private func begin(
        _ status: NodeStatus, as leader: Generation
    ) async throws(FollowerError) -> Int64 {
        guard first >= status.firstAvailable else {
            throw .historyPruned(next: first, firstAvailable: status.firstAvailable)
        }
        do throws(LeaderError) {
            try await bookkeeper.begin(after: first - 1, epoch: Self.noEpoch, as: leader)
        } catch {
            throw FollowerError(error)
        }
        logger.info("following begins", ("first", .number(first)), ("tip", .number(status.tip)))
        return try await markInDatabase()?.checkpoint ?? first - 1
    }

    // MARK: - Booking

    private func book(
        _ window: CheckpointWindow, _ status: NodeStatus, as leader: Generation
    ) async throws(FollowerError) -> FollowerStep {
        guard isCredible(window.epoch, of: window.last, status) else {
            throw .contradiction(.epoch)
        }
        passes(.read)
        let summary = try await commit(window, as: leader)
        passes(.booked)
        metrics.booked(summary, window)
        report(summary, window)
        let markAt = window.last == status.tip ? status.tipAt : window.at
        state.withLock {
            $0.markAt = markAt ?? $0.markAt
            $0.mark = MarkRow(checkpoint: window.last, epoch: window.epoch)
        }
        let step = FollowerStep(
            mark: window.last, tip: status.tip, indexed: status.indexed, summary: summary)
        if step.isCaughtUp { try await keepUp(status, as: leader) }
        return stand(step, status)
    }

    /// Stored until a window has said which epoch it is: no expiration has passed before.
    private static let noEpoch: Int64 = -1

    /// An epoch never ends without a checkpoint: claims on gas are let go of by it, and what is
    /// signed expires by it, so that one node's lie must not move it further than that.
    private func isCredible(_ epoch: Int64, of last: Int64, _ status: NodeStatus) -> Bool {
        guard let mark = state.withLock({ $0.mark }), epoch >= max(0, mark.epoch),
            epoch <= Int64(clamping: status.epoch.number)
        else { return false }
        return mark.epoch == Self.noEpoch || epoch - mark.epoch <= last - mark.checkpoint
    }

    /// A commit whose answer was lost is looked for: bookings and mark are one.
    private func commit(
        _ window: CheckpointWindow, as leader: Generation
    ) async throws(FollowerError) -> Bookkeeper.Summary {
        do throws(LeaderError) {
            let summary = try await bookkeeper.book(window, as: leader)
            if summary.isBooked { return summary }
        } catch {
            guard error.isOutcomeUnknown else { throw FollowerError(error) }
            logger.warning("the outcome of a booking is unknown", ("last", .number(window.last)))
        }
        guard try await markInDatabase()?.checkpoint == window.last else { throw .notBooked }
        return Bookkeeper.Summary(isBooked: true, events: 0, ended: 0, breaks: [])
    }

    private func rest(
        at mark: Int64, _ status: NodeStatus, as leader: Generation
    ) async throws(FollowerError) -> FollowerStep {
        if mark == status.tip { state.withLock { $0.markAt = status.tipAt } }
        try await keepUp(status, as: leader)
        return stand(
            FollowerStep(mark: mark, tip: status.tip, indexed: status.indexed, summary: nil), status
        )
    }

    private func keepUp(
        _ status: NodeStatus, as leader: Generation
    ) async throws(FollowerError) {
        let mark = state.withLock { state in
            TipClaim(
                mark: state.mark?.checkpoint ?? -1, markAt: state.markAt ?? surroundings.now())
        }
        do throws(LeaderError) {
            try await upkeep.look(status, mark: mark, as: leader)
        } catch {
            throw FollowerError(error)
        }
        passes(.discovered)
    }

    private func stand(_ step: FollowerStep, _ status: NodeStatus) -> FollowerStep {
        let (lag, ended) = state.withLock { state in
            defer {
                state.lastStep = step
                state.fault = nil
                state.failures = 0
            }
            let from = step.behind == 0 ? status.tipAt : state.markAt ?? status.tipAt
            return (max(0, status.tipAt.milliseconds - from.milliseconds), state.fault)
        }
        if ended != nil { logger.info("following again", ("mark", .number(step.mark))) }
        metrics.stands(step, lagMilliseconds: lag)
        return step
    }

    // MARK: - Reports

    private func report(_ summary: Bookkeeper.Summary, _ window: CheckpointWindow) {
        for fault in summary.breaks {
            logger.error(
                "the chain does not fit the ledger", ("break", .text(fault.what.rawValue)),
                ("account", .text("\(fault.account)")),
                ("digest", .text("\(fault.event.transaction)")))
        }
        for event in window.events where event.isUnreadable {
            logger.warning(
                "an event of our type cannot be read", ("event", .text(event.name)),
                ("digest", .text("\(event.id.transaction)")))
        }
        if let event = window.unmatched.first {
            // One line for a window: strangers may write as many as they pay for.
            logger.warning(
                "events of the escrow package are of no coin of ours",
                ("count", .number(Int64(window.unmatched.count))),
                ("first", .text(event.words)), ("digest", .text("\(event.id.transaction)")))
        }
    }

    private func report(_ error: FollowerError, isNew: Bool) {
        metrics.failed()
        let wasSame = state.withLock { state in
            defer { state.fault = error }
            return state.fault == error
        }
        guard !wasSame || isNew else { return }
        logger.error("following has stopped", ("reason", .text("\(error)")))
    }
}
