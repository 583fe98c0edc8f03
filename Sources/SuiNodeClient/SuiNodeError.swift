/// Why no node was heard.
public enum SuiNodeError: Error, Equatable {
    /// No node is configured, or none gave a usable answer in time. What was asked stays open.
    case unavailable
}
