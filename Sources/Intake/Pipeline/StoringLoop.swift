public import Determinism
public import Observability
import Storage

/// Takes batches from readers to the database, over the spool while that is away.
///
/// Threads that store, each on a connection of its own, so that one sends lines while another waits
/// for its commit; the first of them empties the spool before anything else. And one that writes to
/// the spool while those are held up. Without a spool batches wait, and in the end readers do.
public final class StoringLoop: Sendable {
    /// A database that has not answered for so long is taken to be away. A busy one takes its time
    /// for a batch, and is not helped by a spool that is written, read and stored after all.
    private static let patienceMilliseconds: Int64 = 4000
    private static let pauseMilliseconds: Int64 = 200
    /// With more of them the server's processors are no busier.
    private static let storerCount = 2

    private struct State {
        /// When each attempt under way began, by the batch's number.
        var attempts: [Int: Deadline] = [:]
        var isAway = false
        var isSpoolFull = false
        var isStopping = false
        var running = 0
    }

    private let queue: BatchQueue
    private let spool: Spool?
    private let metrics: IntakeMetrics
    private let logger: Logger
    private let turnMilliseconds: Int64
    private let state = Monitor(State())

    /// - Parameter turnMilliseconds: how long a batch waits for those before it. Two that have lines
    ///   in common may wait for each other: the server cannot see that, so it ends here.
    public init(
        queue: BatchQueue, spool: Spool?, metrics: IntakeMetrics, logger: Logger,
        turnMilliseconds: Int64 = 500
    ) {
        self.turnMilliseconds = turnMilliseconds
        self.queue = queue
        self.spool = spool
        self.metrics = metrics
        self.logger = logger
    }

    /// - Parameter makeStore: called on each thread that stores.
    public func start(_ makeStore: @escaping @Sendable () -> LineStore) {
        run { [self] in storeAll(withTurns(makeStore())) }
        for _ in 1..<Self.storerCount { run { [self] in storeBeside(withTurns(makeStore())) } }
        if let spool { run { [self] in spoolAll(spool) } }
    }

    /// Whether the last attempt to store failed.
    public var isAway: Bool { state.read { $0.isAway || Self.isOverdue($0) } }
    public var isSpoolFull: Bool { state.read { $0.isSpoolFull } }

    /// Stores or spools what the closed queue still holds, until the deadline.
    ///
    /// - Returns: whether nothing was left behind.
    public func stop(until deadline: Deadline) -> Bool {
        state.update { $0.isStopping = true }
        _ = state.wait(until: deadline) { $0.running == 0 ? true : nil }
        return queue.isEmpty
    }

    private func run(_ body: @escaping @Sendable () -> Void) {
        state.update { $0.running += 1 }
        BackgroundThread.start { [self] in
            body()
            state.update { $0.running -= 1 }
        }
    }

    private var isStopping: Bool { state.read { $0.isStopping } }

    private func pause() {
        let wasStopping = isStopping
        let length = wasStopping ? Self.pauseMilliseconds / 10 : Self.pauseMilliseconds
        _ = state.wait(until: .after(milliseconds: length)) {
            $0.isStopping != wasStopping ? true : nil
        }
    }

    // MARK: - The threads that store

    /// Batches are committed in the order they came in, or a gap would be told for a moment.
    private func withTurns(_ store: LineStore) -> LineStore {
        store.awaitTurn = { [state, turnMilliseconds] batch in
            _ = state.wait(until: .after(milliseconds: turnMilliseconds)) { state in
                state.attempts.keys.contains { $0 < batch.number } ? nil : true
            }
        }
        return store
    }

    /// Stores while all is well: what is to be done otherwise, one alone does.
    private func storeBeside(_ store: LineStore) {
        while !isStopping {
            if isAway || !(spool?.isEmpty ?? true) {
                pause()
            } else if let batch = queue.next(until: .after(milliseconds: 100)) {
                keep(batch, in: store)
            }
        }
        store.close()
    }

    private func storeAll(_ store: LineStore) {
        while !(isStopping && queue.isEmpty) {
            if let spool, let segment = spool.oldest, !isStopping {
                if !drain(segment, of: spool, into: store) { pause() }
            } else if let batch = queue.next(until: .after(milliseconds: 100)) {
                keep(batch, in: store)
            }
        }
        store.close()
    }

    /// - Returns: whether the segment is done with.
    private func drain(
        _ segment: Spool.Segment, of spool: Spool, into store: LineStore
    ) -> Bool {
        do throws(SpoolError) {
            if let batch = try spool.read(segment) {
                guard attempt(batch, in: store, mayBeStored: false) == nil else { return false }
            }
            spool.remove(segment)
            return true
        } catch {
            logger.error("a segment cannot be read", ("reason", .text("\(error)")))
            return false
        }
    }

    /// Stores a batch, or puts it into the spool, or waits until one of both can be done.
    private func keep(_ batch: LineBatch, in store: LineStore) {
        var mayBeStored = false
        while true {
            guard let error = attempt(batch, in: store, mayBeStored: mayBeStored) else { break }
            mayBeStored = mayBeStored || error == .connectionLost
            if let spool, append(batch, to: spool) { break }
            if isStopping {
                return logger.error(
                    "lines lost: neither database nor spool takes them",
                    ("lines", .number(Int64(batch.lineCount))))
            }
            pause()
        }
        noteKept(batch)
    }

    private func noteKept(_ batch: LineBatch) {
        metrics.waiting.add(-Int64(batch.lineCount))
        for tell in batch.onKept { tell() }
    }

    /// - Returns: why the batch is not stored, or not known to be.
    private func attempt(
        _ batch: LineBatch, in store: LineStore, mayBeStored: Bool
    ) -> StorageError? {
        state.update { $0.attempts[batch.number] = .now }
        var failure: StorageError?
        do throws(StorageError) {
            try store.store(batch, mayBeStored: mayBeStored)
        } catch {
            failure = error
            metrics.failedCommits.increment()
        }
        let wasAway = state.update { state in
            state.attempts[batch.number] = nil
            defer { state.isAway = failure != nil }
            return state.isAway
        }
        tell(failure, wasAway: wasAway)
        return failure
    }

    private func tell(_ failure: StorageError?, wasAway: Bool) {
        if let failure, !wasAway {
            logger.warning("lines cannot be stored", ("reason", .text("\(failure)")))
        } else if failure == nil, wasAway {
            logger.info("lines are stored again")
        }
    }

    // MARK: - The thread that spools

    private func spoolAll(_ spool: Spool) {
        while !(isStopping && queue.isEmpty) {
            guard mustSpool(spool) else {
                pause()
                continue
            }
            guard let batch = queue.next(until: .after(milliseconds: 100)) else { continue }
            guard append(batch, to: spool) else {
                queue.giveBack(batch)
                pause()
                continue
            }
            noteKept(batch)
        }
    }

    /// Behind what is in the spool already, so that all of it is stored in order.
    private func mustSpool(_ spool: Spool) -> Bool {
        !spool.isEmpty || isAway
    }

    private static func isOverdue(_ state: State) -> Bool {
        state.attempts.values.contains { $0.adding(milliseconds: patienceMilliseconds).isPast }
    }

    private func append(_ batch: LineBatch, to spool: Spool) -> Bool {
        do {
            try spool.append(batch)
            state.update { $0.isSpoolFull = false }
            return true
        } catch {
            let wasFull = state.update { state in
                defer { state.isSpoolFull = true }
                return state.isSpoolFull
            }
            if !wasFull { logger.error("the spool takes no more", ("reason", .text("\(error)"))) }
            return false
        }
    }
}
