public import Storage

/// Keeps a database that is older than the chain from being charged from: bytes that it has lost
/// may still run.
///
/// Where the identity is not the one in the file, what is planned is fenced, every session ends,
/// and nothing is signed until the follower has reached the tip and no break is open.
public struct RestoreGuard: Sendable {
    let file: IdentityFile
    /// Ends all sessions: they may have been ended by rows that are lost.
    let endSessions: @Sendable () async throws(StorageError) -> Void

    public init(
        file: IdentityFile, endSessions: @escaping @Sendable () async throws(StorageError) -> Void
    ) {
        self.file = file
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
        _ content: IdentityFile.Content?, identity: String, hasBatches: Bool
    ) -> Need {
        if PlantedBug.unguardedRestore.isOn { return .nothing }
        return switch content {
        case .armed(identity): .nothing
        case .fenced(identity): .catchUp(isFenced: true)
        case nil where !hasBatches: .catchUp(isFenced: false)
        case .armed, .fenced, nil: .fence
        }
    }
}

/// How far a leader is with ``RestoreGuard``.
enum Arming: Hashable, Sendable {
    case armed
    case unknown
    case fencing
    /// Until the follower has booked that checkpoint; nil: the tip is still to be asked for.
    case catchingUp(to: Int64?, isFenced: Bool)

    var isArmed: Bool { self == .armed }
}
