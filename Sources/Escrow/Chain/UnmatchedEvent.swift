public import SuiProtocol

/// An event of a module of ours that is none of any contract's: of another coin, with which anybody
/// may use the package, or of a struct that is not known. It means nothing here and is not stored,
/// but a configuration that forgets a coin looks like this.
public struct UnmatchedEvent: Hashable, Sendable {
    public let id: EventID
    public let type: StructTag

    /// Strangers choose coins, and with them how long it is.
    private static let wordLimit = 200

    /// Its type, cut where it is long.
    var words: String { String("\(type)".prefix(Self.wordLimit)) }
}
