import Determinism
public import Storage

/// Keeps a database that is older than the chain from being charged from: bytes that it has lost
/// may still run.
///
/// Where the database is not the one in the file, or has not come as far, what is planned is
/// fenced, every session ends, and nothing is signed until the follower has come past the moment at
/// which that was found, no break is open, and a whole reconciliation knows of nothing that only the
/// chain or only the database has.
public struct RestoreGuard: Sendable {
    let file: IdentityFile
    let reconciliation: Reconciliation
    /// Ends sessions, which may have been ended by rows that are lost, in a transaction of the
    /// leader's; true while there may be more.
    let endSessions: @Sendable (Transaction) async throws(StorageError) -> Bool

    /// - Parameter reconciliation: on a pool of its own; as it may take minutes, it is not waited for
    ///   when the process ends.
    public init(
        file: IdentityFile, reconciliation: Reconciliation,
        endSessions: @escaping @Sendable (Transaction) async throws(StorageError) -> Bool
    ) {
        self.file = file
        self.reconciliation = reconciliation
        self.endSessions = endSessions
    }

    /// What has to be done before anything is signed.
    enum Need: Hashable, Sendable {
        case nothing
        /// Fence, end sessions, then catch up.
        case fence
        case catchUp(isFenced: Bool)
    }

    /// Pure. Without a file nothing is known; only a database that never had any bytes signed needs
    /// no fence at once.
    static func need(
        _ content: IdentityFile.Content?, leader: Generation, hasBatches: Bool
    ) -> Need {
        if PlantedBug.unguardedRestore.isOn { return .nothing }
        return switch content {
        case .armed(let known) where known.isContinued(by: leader): .nothing
        case .fenced(let known) where known.isContinued(by: leader): .catchUp(isFenced: true)
        case nil where !hasBatches: .catchUp(isFenced: false)
        case .armed, .fenced, nil: .fence
        }
    }
}

extension RestoreGuard {
    /// Pure. Whether a leader that is armed may write over what the file says: not where somebody
    /// has led since, as one that was frozen finds out when it wakes up.
    static func mayKeep(_ content: IdentityFile.Content?, leader: Generation) -> Bool {
        guard let known = content?.database else { return true }
        return known.identity == leader.identity && known.generation <= leader.counter
    }

    /// Pure. Whether who waits takes over what the living leader knows. Not where the same database
    /// had come further: a copy from before may only look as if somebody led.
    static func adopts(_ armed: KnownDatabase, over content: IdentityFile.Content?) -> Bool {
        guard let known = content?.database, known.identity == armed.identity else { return true }
        return known.checkpoint <= armed.checkpoint && content != .armed(armed)
    }
}

/// How far a leader is with ``RestoreGuard``.
enum Arming: Hashable, Sendable {
    case armed
    case unknown
    case fencing
    /// Nothing stands against charging; file and database are yet to say so.
    case confirming
    /// Until the follower has booked a checkpoint from after that moment. What a node claims its tip
    /// to be does not count: an index that lags tells too low a one, and a node that lies any.
    case catchingUp(since: Timestamp, isFenced: Bool)

    var isArmed: Bool { self == .armed }

    /// Whether the file says what has been found, so that nothing can make it forgotten.
    var isJudged: Bool {
        switch self {
        case .armed, .catchingUp: true
        case .unknown, .fencing, .confirming: false
        }
    }
}
