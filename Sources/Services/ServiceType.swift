/// What a customer can have; raw values stand in the database, HAProxy's map and its log.
public enum ServiceType: String, Sendable, Hashable, CaseIterable {
    case seal, grpc, graphql

    /// What tells a key's service apart at first sight.
    public var letter: Character {
        switch self {
        case .seal: "s"
        case .grpc: "g"
        case .graphql: "q"
        }
    }

    public init?(letter: Character) {
        guard let type = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
        self = type
    }
}
