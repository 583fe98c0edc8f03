public import Cryptography
public import Determinism
public import Observability
public import Storage
import Synchronization

/// Seals new rows of the audit log, beside and never within the requests that wrote them.
///
/// Every gateway runs one; a lock in the database lets one at a time work. Each seal gives rows
/// their position, chains their hashes to all before, and signs the new head with a key that the
/// database has never seen. The head goes into our log and into a file: who changes the database
/// has not changed those.
///
/// Before it builds on the newest seal it checks its signature, and that the chain goes through
/// the head it remembers. Otherwise it signs nothing, says so, and tries again: it goes on when
/// the seals are back, or when the operator accepts the loss by removing the file and starting
/// anew.
public final class AuditSealer: Sendable {
    /// Well below the ten seconds after which a row must be sealed.
    private static let pauseNanoseconds: UInt64 = 2_000_000_000
    private static let batchLimit = 1000
    private static let linkLimit = 5000

    private enum Attempt {
        /// Another process is at it.
        case busy
        /// With a batch where something waited.
        case looked(UnsealedRows, SealedBatch?)
        /// The seals end beyond what we remember.
        case further(AuditSeal)
        case refused(SealRefusal, found: AuditHead?)
    }

    private let database: Database
    private let key: Ed25519SigningKey
    private let surroundings: Surroundings
    private let reports: SealerReports
    private let memory: HeadMemory
    /// Where the search for rows that came late goes on.
    private let sweep = Mutex<Int64?>(nil)

    /// - Parameter headFile: remembers the newest head over restarts; with nil only this object
    ///   does.
    public init(
        database: Database, key: Ed25519SigningKey, headFile: AuditHeadFile? = nil,
        surroundings: Surroundings, logger: Logger, metrics: MetricsRegistry
    ) {
        self.database = database
        self.key = key
        self.surroundings = surroundings
        reports = SealerReports(logger: logger, metrics: metrics, now: surroundings.now)
        memory = HeadMemory(file: headFile)
    }

    /// The seals in the database are not those that were made, so nothing is sealed.
    public var isRefusing: Bool { reports.isRefusing }

    /// Seals every two seconds until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await attempt()
            try? await Task.sleep(nanoseconds: Self.pauseNanoseconds)
        }
    }

    /// Seals, and tells the log of a failure.
    func attempt() async {
        do {
            try await sealNow()
            reports.succeeded()
        } catch {
            reports.failed(error)
        }
    }

    /// Seals all that was there when it began; what comes meanwhile waits for the next time, since
    /// each look for rows that came late costs the same for few rows as for many.
    ///
    /// - Returns: how many rows; none while another process is at it, or while it refuses.
    @discardableResult
    public func sealNow() async throws(StorageError) -> Int {
        var total = 0
        do throws(StorageError) {
            var isDone = false
            while !isDone, !Task.isCancelled { isDone = try await sealSome(countedIn: &total) }
        } catch {
            guard let refusal = SealRefusal(error) else { throw error }
            refuse(refusal, found: nil)
        }
        await keepHead()
        return total
    }

    /// - Returns: whether nothing is left to do now.
    private func sealSome(countedIn total: inout Int) async throws(StorageError) -> Bool {
        switch try await sealBatch() {
        case .busy: return true
        case .refused(let refusal, let found):
            refuse(refusal, found: found)
            return true
        case .further(let seal):
            if let refusal = try await follow(to: seal) {
                refuse(refusal, found: seal.head)
                return true
            }
            return false
        case .looked(let waiting, let batch):
            reports.accepted()
            sweep.withLock { $0 = waiting.sweepNext }
            guard let batch else { return true }
            memory.remember(batch.seal.remembered)
            reports.sealed(batch)
            total += batch.rows.count
            return waiting.isAll
        }
    }

    private func sealBatch() async throws(StorageError) -> Attempt {
        let remembered: RememberedHead?
        do throws(SealRefusal) {
            remembered = try memory.recall()
        } catch {
            return .refused(error, found: nil)
        }
        return try await database.transaction { transaction throws(StorageError) in
            guard try await transaction.takeSealLock(),
                let end = try await transaction.sealedEnd()
            else { return .busy }
            switch end.verdict(remembering: remembered, key: self.key.publicKey) {
            case .refused(let refusal): return .refused(refusal, found: end.lastSeal?.head)
            case .further(let seal): return .further(seal)
            case .known: return try await self.seal(after: end, in: transaction)
            }
        }
    }

    private func seal(
        after end: SealedEnd, in transaction: Transaction
    ) async throws(StorageError) -> Attempt {
        let waiting = try await transaction.unsealedRows(
            highest: end.lastSeal?.highestAuditID ?? 0, sweep: sweep.withLock { $0 },
            limit: Self.batchLimit)
        guard !waiting.rows.isEmpty else { return .looked(waiting, nil) }
        let batch = SealedBatch(
            waiting.rows, after: end.lastSeal, emptiedAt: waiting.isAll ? end.now : nil,
            now: end.now, sealedAt: surroundings.now(), key: key)
        try await transaction.insert(batch)
        return .looked(waiting, batch)
    }

    /// Another gateway has sealed since: goes along its chain from the head that we remember.
    ///
    /// - Returns: nil when it leads to `seal`, or when we were told to stop.
    private func follow(to seal: AuditSeal) async throws(StorageError) -> SealRefusal? {
        let remembered: RememberedHead?
        do throws(SealRefusal) {
            remembered = try memory.recall()
        } catch {
            return error
        }
        if var head = remembered?.head {
            while head.position < seal.head.position {
                if Task.isCancelled { return nil }
                let before = head
                head = try await next(head, upTo: seal.head.position)
                if head == before { break }
            }
            if head != seal.head { return .otherChain }
        }
        memory.remember(seal.remembered)
        return nil
    }

    /// Further along the chain; the same head where it breaks off.
    private func next(
        _ head: AuditHead, upTo last: Int64
    ) async throws(StorageError) -> AuditHead {
        let links = try await database.links(
            after: head.position, upTo: last, limit: Self.linkLimit)
        return links.reduce(head) { head, link in
            guard link.position == head.position &+ 1 else { return head }
            return head.followed(byRowHash: link.hash, isLate: link.isLate)
        }
    }

    private func refuse(_ refusal: SealRefusal, found: AuditHead?) {
        let expected = try? memory.recall()?.head
        reports.refused(refusal, expected: expected, found: found)
    }

    private func keepHead() async {
        do throws(AuditHeadFileError) {
            try await memory.save()
            reports.headKept()
        } catch {
            reports.headNotKept(error)
        }
    }
}
