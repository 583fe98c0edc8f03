import Determinism
import Identifiers
import SuiProtocol

/// What the engine remembers between turns. None of it is needed: after a crash all of it is
/// learned again by asking.
struct EngineMemory: Sendable {
    /// What is known of bytes that were sent.
    enum Sending: Hashable, Sendable {
        /// A question or an answer is under way.
        case underWay(tries: Int)
        /// The node ran them, or knows that they ran; a checkpoint has to confirm it.
        case answered(askAgainAt: Timestamp)
        case silent(tries: Int, dueAt: Timestamp)
        /// The node will not run them now.
        case refused(tries: Int, dueAt: Timestamp)
    }

    var sends: [TransactionDigest: Sending] = [:]
    /// Since when charges wait for others to share their transaction.
    var fillingSince: Timestamp?
    /// Operations that cannot be built or stored just now.
    var suspended: [ChargeID: Timestamp] = [:]
    /// How often an operation could not be stored as signed, although it is planned.
    var passedOver: [ChargeID: Int] = [:]
    var trouble = Trouble()
    var maintenanceRestsUntil: Timestamp?
    var budgetsRestUntil: Timestamp?
    /// Where the last look at planned operations ended: accounts take turns.
    var cursor: AccountID?
    /// Lineages of the last turn, and failures that were counted.
    var lineages: Set<[UInt8]> = []
    var countedFailures: Set<[UInt8]> = []
    /// USDC that refunds would spend which nodes refuse and the engine has given up: validators may
    /// have locked it for those bytes until the epoch ends, which is the number here.
    var lockedFloat: [ObjectID: UInt64] = [:]

    /// Failures in a row. Where nothing works any more, be it a paused coin, a denied treasury or
    /// another charger, the engine stops trying with everybody's charges.
    struct Trouble: Hashable, Sendable {
        private(set) var failures = 0
        private(set) var restsUntil: Timestamp?
        private(set) var reason: String?

        mutating func add(_ reason: String, at now: Timestamp) {
            failures += 1
            self.reason = reason
            guard failures > 1 else { return }
            restsUntil = now.adding(seconds: min(60, Int64(1) << min(failures - 2, 6)))
        }

        func isResting(at now: Timestamp) -> Bool { restsUntil.map { now < $0 } ?? false }

        var isOver: Bool { failures == 0 }
    }

    /// Then nothing is signed without having been tried first.
    var isSuspicious: Bool {
        !trouble.isOver
            || sends.values.contains { sending in
                if case .refused(let tries, _) = sending { tries > 2 } else { false }
            }
    }

    /// Older operations that go first explain a few times, and are soon signed themselves.
    static let passingLimit = 10

    /// Operations that nothing will sign until somebody does something about them.
    var stuck: [ChargeID] {
        passedOver.filter { $0.value >= Self.passingLimit }.keys.sorted()
    }

    func isSuspended(_ id: ChargeID, at now: Timestamp) -> Bool {
        suspended[id].map { now < $0 } ?? false
    }
}
