/// How much of a service a customer has, by the word that prices and HAProxy's maps use.
public enum Tier: String, CaseIterable, Comparable, Sendable {
    case starter, pro, enterprise

    public static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }
}
