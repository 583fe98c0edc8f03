/// Why a turn as the leader ended.
public enum TurnEnding: Hashable, Sendable {
    /// Another leads, or a stop was asked for.
    case over
    /// This process cannot do what a leader has to; another may. In words, with what is wrong.
    case unfit(String)
}
