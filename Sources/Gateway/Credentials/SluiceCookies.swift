/// Which cookie of ours.
enum CookieKind: String, CaseIterable, Sendable {
    case access
    case refresh
    case challenge
}

/// Our cookies of one request.
struct SluiceCookies: Equatable, Sendable {
    var access: String?
    var refresh: String?
    var challenge: String?

    subscript(kind: CookieKind) -> String? {
        get {
            switch kind {
            case .access: access
            case .refresh: refresh
            case .challenge: challenge
            }
        }
        set {
            switch kind {
            case .access: access = newValue
            case .refresh: refresh = newValue
            case .challenge: challenge = newValue
            }
        }
    }
}
