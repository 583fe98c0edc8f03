public import Services

/// What HAProxy does with a customer's requests: serve them as a tier says, or answer 402.
public enum VaultTier: Hashable, Sendable {
    case active(ServiceTier)
    case suspended

    /// As the map and the table say it.
    public var text: String {
        switch self {
        case .active(let tier): tier.rawValue
        case .suspended: "suspended"
        }
    }

    public init?(_ text: some StringProtocol) {
        if text == "suspended" {
            self = .suspended
        } else if let tier = ServiceTier(rawValue: String(text)) {
            self = .active(tier)
        } else {
            return nil
        }
    }
}
