import Determinism
import Identifiers
import SuiProtocol

/// Bytes that may still run: the newest build of a lineage that holds its gas.
struct LiveBatch: Hashable, Sendable {
    enum Purpose: String, Sendable {
        case charge, refund, cancel, maintenance
    }

    let digest: TransactionDigest
    let lineage: [UInt8]
    let purpose: Purpose
    let gas: ObjectReference
    /// The last epoch in which this build can run.
    let lastEpoch: Int64
    let signedAt: Timestamp
    /// Whether an operation of it has no outcome.
    let isWanted: Bool
}

/// Operations without outcome whose bytes can run no more.
struct DeadBatch: Hashable, Sendable {
    enum Cause: Hashable, Sendable {
        /// It ran and failed; those that the failures named, among all that it ever carried.
        case failed(named: Set<ChargeID>)
        /// Its gas version was consumed, and not by a failure of its own.
        case consumed
        /// It never ran: its last epoch passed, or nodes refused it until we let go of it.
        case never
    }

    let digest: TransactionDigest
    let lineage: [UInt8]
    let purpose: ChargeBatch.Purpose
    let operations: [EngineOperation]
    let cause: Cause
    /// The first failure's; nil where none is known.
    var message: String?
    let signedAt: Timestamp

    /// What is built anew together. A failure that names an operation leaves it alone and the rest
    /// whole; one that names none, and a batch that never ran, are halved; who lost nothing but the
    /// gas coin goes on as it is.
    ///
    /// - Parameter suspended: operations that are left out, until when each is.
    func parts(without suspended: [ChargeID: Timestamp]) -> [[EngineOperation]] {
        let operations = operations.filter { suspended[$0.id] == nil }
        guard !operations.isEmpty else { return [] }
        switch cause {
        case .consumed: return [operations]
        case .failed(let named) where !named.isEmpty:
            let alone = operations.filter { named.contains($0.id) }
            let others = operations.filter { !named.contains($0.id) }
            return alone.map { [$0] } + (others.isEmpty ? [] : [others])
        case .failed, .never:
            guard operations.count > 1 else { return [operations] }
            let middle = operations.count / 2
            return [Array(operations[..<middle]), Array(operations[middle...])]
        }
    }

    /// The more often operations were built in vain, the longer they rest.
    func isDue(at now: Timestamp) -> Bool {
        let builds = operations.map(\.attempts).max() ?? 1
        let free: Int64 = cause == .consumed ? 8 : 2
        guard builds > free else { return true }
        let seconds = min(300, Int64(1) << min(builds - free, 9))
        return now >= signedAt.adding(seconds: seconds)
    }
}

/// An operation that is to be cancelled and has no cancellation that could still run.
struct Cancellation: Hashable, Sendable {
    let operation: EngineOperation
    let isPlanned: Bool
    /// When the last cancellation was signed; nil: there was none.
    let signedAt: Timestamp?

    /// A cancellation that ran in vain found its number used: the event is still to be booked.
    func isDue(at now: Timestamp) -> Bool {
        guard let signedAt else { return true }
        return now >= signedAt.adding(seconds: min(60, Int64(1) << min(operation.attempts, 6)))
    }
}
