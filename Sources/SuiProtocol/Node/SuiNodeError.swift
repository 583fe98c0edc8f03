/// Why a node did not answer what was asked.
public enum SuiNodeError: Error, Hashable, Sendable {
    /// No node is configured, or none gave a usable answer in time. What was asked stays open: a
    /// transaction may have been executed.
    case unavailable
    /// The node understood and refuses: its words, at most 200 bytes, for a log and for nothing
    /// that decides.
    case refused(String)
    /// The node serves another network than the configured one.
    case wrongChain
    /// Checkpoints that were asked for are no longer kept.
    case historyPruned(firstAvailable: Int64)
    /// The index has not come as far as what was asked for.
    case notIndexed(indexed: Int64)
}
