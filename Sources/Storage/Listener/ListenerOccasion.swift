/// Why a listener asks.
public enum ListenerOccasion: Sendable {
    /// For the first time on a new connection: notifications may have been missed before it.
    case connected
    /// Because time has passed.
    case interval
    /// Because something was told: a transaction has committed just now, whenever it began.
    case notified
}
