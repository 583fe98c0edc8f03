/// How much of a service; raw values stand in the database and in HAProxy's map.
public enum ServiceTier: String, Sendable, Hashable, CaseIterable {
    case starter, pro, enterprise
}
