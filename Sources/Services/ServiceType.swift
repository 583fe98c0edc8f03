/// What a customer can have; raw values stand in the database, paths, the price book, HAProxy's
/// map and its log.
public enum ServiceType: String, Sendable, Hashable, CaseIterable, Comparable {
    case seal, grpc, graphql

    public static func < (left: ServiceType, right: ServiceType) -> Bool {
        left.rawValue < right.rawValue
    }

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
