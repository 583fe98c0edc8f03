public import Determinism
import Identifiers
public import Observability
public import Storage
public import SuiProtocol
import Synchronization

/// Signs what is planned, sends what is signed, and builds anew what cannot run any more.
///
/// Bytes are stored before they are sent, and after that nothing but a checkpoint ends an
/// operation: an answer, an error, a silence and a crash all lead to asking by digest and sending
/// the same bytes again. What is decided is ``EngineCore``'s; here it is only done.
public actor ChargeEngine {
    /// An epoch is a day long, and prices change with it.
    private static let statusMilliseconds: Int64 = 2000
    private static let nodeSilentMilliseconds: Int64 = 15_000
    /// MIST for a unit of gas, a hundred times what it has ever cost: a node that says more is not
    /// believed.
    private static let highestPrice: UInt64 = 100_000

    let node: any SuiNode
    let key: SuiPrivateKey
    let composer: BatchComposer
    let database: Database
    let book: SigningBook
    let surroundings: Surroundings
    let settings: EngineSettings
    let restoreGuard: RestoreGuard
    let logger: Logger
    let metrics: EngineMetrics

    var core: EngineCore
    var arming = Arming.unknown
    /// Of a database from before, while it is looked whether it fits the chain.
    var fitting = Fitting.unknown
    /// When a checkpoint was made that the follower has booked.
    var bookedUntil: (mark: Int64, at: Timestamp)?
    /// What the node said of itself, and when.
    private(set) var status: (said: NodeStatus, at: Timestamp)?
    private var statusTask: Task<Void, Never>?
    /// Transactions on their way to the node.
    var deliveries: [TransactionDigest: Task<Void, Never>] = [:]
    /// Whose turn it is.
    private(set) var leader: Generation?
    /// Refunds that the charger's USDC does not pay for.
    var missingFloat: UInt64 = 0
    /// USDC that is there, and that was not found among the charger's coins.
    var hiddenFloat: UInt64 = 0
    /// Why the database refused a step of this turn.
    private var failedStep: String?
    private var loggedObstacles: Set<String> = []
    /// The generation that ``judge(as:)`` was last asked for.
    var judged: Generation?
    /// Why the identity file falls behind.
    var unkept: String?
    /// What keeps the identity file from being read or written before the engine is armed.
    var fileTrouble: (why: String, since: Timestamp)?
    /// A comparison with the chain that is under way.
    var looking: Task<Void, Never>?
    /// When a node was last asked of what time the follower's checkpoint is.
    var askedTime: Timestamp?
    private nonisolated let found = Mutex<[EngineObstacle]>([])

    public init(
        node: any SuiNode, key: SuiPrivateKey, contract: EscrowContract, operator: SharedObject,
        database: Database, restoreGuard: RestoreGuard, settings: EngineSettings = .init(),
        surroundings: Surroundings, logger: Logger, metrics: MetricsRegistry
    ) {
        self.node = node
        self.key = key
        composer = BatchComposer(
            contract: contract, operator: `operator`, charger: key.address)
        self.database = database
        book = SigningBook(database: database, surroundings: surroundings)
        self.surroundings = surroundings
        self.settings = settings
        self.restoreGuard = restoreGuard
        self.logger = logger
        self.metrics = EngineMetrics(metrics)
        core = EngineCore(settings: settings)
    }

    /// Why charges wait, as of the last turn.
    public nonisolated var obstacles: [EngineObstacle] { found.withLock { $0 } }

    /// Why nothing can be signed by this process in its present turn, so that another one had better
    /// lead: its identity file could not be read or written for seconds. In words.
    public var unfit: String? {
        guard let fileTrouble,
            surroundings.now()
                >= fileTrouble.since.adding(milliseconds: settings.fileMilliseconds)
        else { return nil }
        return fileTrouble.why
    }

    /// Works until the generation is over, the task is cancelled or ``unfit`` says why it cannot;
    /// then finishes what is on its way to the node.
    public func run(as leader: Generation) async {
        core = EngineCore(settings: settings)
        self.leader = leader
        guard await judge(as: leader) else { return metrics.isArmed.set(0) }
        while !Task.isCancelled {
            let start = surroundings.now()
            guard let rest = await turnOrRest(as: leader), unfit == nil else { break }
            let spent = surroundings.now().milliseconds - start.milliseconds
            metrics.turn.observe(nanoseconds: UInt64(max(0, spent)) * 1_000_000)
            try? await Task.sleep(for: .milliseconds(rest))
        }
        statusTask?.cancel()
        for delivery in deliveries.values { await delivery.value }
        metrics.isArmed.set(0)
    }

    /// - Returns: how long to wait for the next turn; nil where this leader has no more.
    private func turnOrRest(as leader: Generation) async -> Int64? {
        do throws(LeaderError) {
            let isBusy = try await turn(as: leader)
            return isBusy ? settings.busyMilliseconds : settings.idleMilliseconds
        } catch {
            return rest(after: error)
        }
    }

    /// - Returns: how long to wait before it is tried again; nil where this leader has no more.
    func rest(after error: LeaderError) -> Int64? {
        switch error {
        case .deposed:
            logger.warning("the engine is no longer the leader's")
            return nil
        case .storage(let error):
            report([.storage], at: surroundings.now())
            logger.warning("the engine cannot work", ("reason", .text("\(error)")))
            return 500
        }
    }

    /// - Returns: whether anything is under way.
    private func turn(as leader: Generation) async throws(LeaderError) -> Bool {
        await refreshStatus()
        guard try await arm(as: leader), let status = status?.said else { return false }
        let view = try await read(chainEpoch: Int64(clamping: status.epoch.number))
        failedStep = nil
        try await noteFailures(of: view.dead, as: leader)
        for step in core.upkeep(view, at: surroundings.now()) {
            try await attempt(step, view, as: leader)
        }
        try await forgetPassedOver()
        let held = try await signPlanned(view, as: leader)
        report(obstacles(view, held), at: surroundings.now())
        return !view.live.isEmpty || core.memory.fillingSince != nil || !deliveries.isEmpty
    }

    /// One step that the database refuses keeps no other from being done. Without the database, or
    /// without the lead, none can be.
    private func attempt(
        _ step: EngineStep, _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) {
        do throws(LeaderError) {
            try await perform(step, view, as: leader)
        } catch {
            switch error {
            case .deposed, .storage(.unavailable), .storage(.connectionLost): throw error
            case .storage(.serialization): return  // The next turn tries again.
            case .storage(let reason):
                failedStep = "\(reason)"
                metrics.stepFailed()
            }
        }
    }

    private func read(chainEpoch: Int64) async throws(LeaderError) -> EngineView {
        do throws(StorageError) {
            let mark = try await database.followerMark()
            let hour = surroundings.now().adding(seconds: -SigningBook.capSeconds)
            var view = EngineView(
                bookedEpoch: max(0, mark?.epoch ?? 0), chainEpoch: chainEpoch,
                coins: try await database.laneCoins(limit: 256),
                live: try await database.liveBatches(), dead: [],
                cancellations: try await database.cancellations(limit: 64),
                signedWithinHour: settings.capHour == nil
                    ? .zero : MicroUSDC(try await database.signedAmount(since: hour)))
            for row in try await database.deadBatches() { view.dead.append(try await dead(row)) }
            return view
        } catch {
            throw .storage(error)
        }
    }

    /// Once for each that died: who looks at its operations sees why.
    private func noteFailures(
        of batches: [DeadBatch], as leader: Generation
    ) async throws(LeaderError) {
        for batch in batches where !core.memory.countedFailures.contains(batch.lineage) {
            guard let message = batch.message else { continue }
            try await book.noteTrouble(message, of: batch.operations.map(\.id), as: leader)
        }
    }

    private func dead(_ row: DeadBatchRow) async throws(StorageError) -> DeadBatch {
        let failures = try await database.failures(of: row.lineage)
        let cause: DeadBatch.Cause =
            if !failures.isEmpty {
                .failed(named: Set(failures.compactMap(\.named)))
            } else {
                row.isConsumed && !row.isReleased ? .consumed : .never
            }
        let operations = try await database.operations(of: row.digest)
        return DeadBatch(
            digest: row.digest, lineage: row.lineage, purpose: row.purpose,
            operations: operations, cause: cause, message: failures.first?.message,
            signedAt: row.signedAt)
    }

    private func signPlanned(
        _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) -> EngineCore.Held {
        let appetite = core.appetite(at: surroundings.now())
        guard appetite > 0 else { return EngineCore.Held() }
        let planned = try await planned(limit: appetite)
        if !planned.contains(where: { $0.operation.kind == .refund }) {
            (missingFloat, hiddenFloat) = (0, 0)
        }
        let (steps, held) = core.take(planned, view, at: surroundings.now())
        for step in steps { try await attempt(step, view, as: leader) }
        return held
    }

    /// What was passed over and is planned no more is no trouble any more.
    private func forgetPassedOver() async throws(LeaderError) {
        let ids = Array(core.memory.passedOver.keys)
        guard !ids.isEmpty else { return }
        do throws(StorageError) {
            let planned = try await database.planned(among: ids)
            core.memory.passedOver = core.memory.passedOver.filter { planned.contains($0.key) }
        } catch {
            throw .storage(error)
        }
    }

    /// From where the last look ended, and round to there again.
    private func planned(limit: Int) async throws(LeaderError) -> [PlannedOperation] {
        do throws(StorageError) {
            let cursor = core.memory.cursor
            let first = try await database.plannedOperations(after: cursor, limit: limit)
            guard let cursor, first.count < limit else { return first }
            let others = try await database.plannedOperations(
                after: nil, limit: limit - first.count)
            return first + others.filter { $0.operation.fixed.account <= cursor }
        } catch {
            throw .storage(error)
        }
    }

    // MARK: - The node

    /// Waits only for the first answer; later ones come beside the turns.
    private func refreshStatus() async {
        if isStatus(within: Self.statusMilliseconds) { return }
        if statusTask == nil {
            statusTask = Task {
                let said = try? await node.status()
                if let said { status = (said, surroundings.now()) }
                statusTask = nil
            }
        }
        if status == nil { await statusTask?.value }
    }

    private func isStatus(within milliseconds: Int64) -> Bool {
        guard let at = status?.at else { return false }
        return surroundings.now() < at.adding(milliseconds: milliseconds)
    }

    /// Twice the epoch's own, so that the next epoch takes it as well; 0 where there is none to be
    /// believed.
    var gasPrice: UInt64 {
        guard let reference = status?.said.epoch.referenceGasPrice,
            reference <= Self.highestPrice / 2
        else { return 0 }
        return reference * 2
    }

    // MARK: - What it tells

    private func obstacles(_ view: EngineView, _ held: EngineCore.Held) -> [EngineObstacle] {
        var obstacles: [EngineObstacle] =
            isStatus(within: Self.nodeSilentMilliseconds) ? [] : [.node]
        let least = core.leastMist
        let usable = view.coins.filter { $0.balance >= least }
        let sum = view.coins.reduce(UInt64(0)) { sum, coin in
            let (total, isTooLarge) = sum.addingReportingOverflow(coin.balance)
            return isTooLarge ? .max : total
        }
        let wanted = UInt64(settings.lanes) * max(settings.laneMist, 2 * least)
        let missing = wanted > sum ? wanted - sum : 0
        let charger = "\(key.address)"
        if usable.isEmpty, !view.live.contains(where: { $0.purpose == .maintenance }) {
            obstacles.append(.walletEmpty(missingMist: missing, charger: charger))
        } else if sum < UInt64(settings.lanes) * least {
            obstacles.append(.walletLow(missingMist: missing, charger: charger))
        }
        if view.isAdrift {
            obstacles.append(.disarmed("the follower is epochs behind, or a node ahead"))
        }
        if let unkept { obstacles.append(.unkept(unkept)) }
        if missingFloat > 0 {
            obstacles.append(.floatEmpty(missing: missingFloat, charger: charger))
        } else if hiddenFloat > 0 {
            obstacles.append(.floatHidden(hidden: hiddenFloat, charger: charger))
        }
        if !held.aboveSingle.isEmpty || held.aboveHour > 0 {
            obstacles.append(.heldByCap(single: held.aboveSingle.count, hour: held.aboveHour))
        }
        let stuck = core.memory.stuck
        if let first = stuck.first {
            obstacles.append(.stuck(count: stuck.count, first: first))
        }
        metrics.stuck.set(Int64(stuck.count))
        if let failedStep { obstacles.append(.stepRefused(failedStep)) }
        let trouble = core.memory.trouble
        if !trouble.isOver, let reason = trouble.reason { obstacles.append(.failing(reason)) }
        metrics.walletMist.set(Int64(clamping: sum))
        metrics.missingMist.set(Int64(clamping: missing))
        metrics.freeLanes.set(Int64(usable.count { !$0.isClaimed }))
        metrics.busyLanes.set(Int64(usable.count { $0.isClaimed }))
        metrics.liveBatches.set(Int64(view.live.count))
        metrics.aboveSingleCap.set(Int64(held.aboveSingle.count))
        metrics.aboveHourCap.set(Int64(held.aboveHour))
        metrics.suspended.set(Int64(core.memory.suspended.count))
        metrics.failures.set(Int64(trouble.failures))
        metrics.missingFloat.set(Int64(clamping: missingFloat))
        metrics.hiddenFloat.set(Int64(clamping: hiddenFloat))
        return obstacles
    }

    /// Says each kind of obstacle once, when it comes.
    func report(_ obstacles: [EngineObstacle], at now: Timestamp) {
        found.withLock { $0 = obstacles }
        let kinds = Set(obstacles.map(\.kind))
        for obstacle in obstacles where !loggedObstacles.contains(obstacle.kind) {
            logger.error(
                "charges wait", ("reason", .text(obstacle.words)), ("kind", .text(obstacle.kind)))
        }
        for kind in loggedObstacles.subtracting(kinds) {
            logger.info("charges wait no longer", ("kind", .text(kind)))
        }
        loggedObstacles = kinds
    }
}
