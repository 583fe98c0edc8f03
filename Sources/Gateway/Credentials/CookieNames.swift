/// The names of our cookies and how they are set.
///
/// `__Host-` makes browsers hold them to HTTPS, this host and the whole path
/// (draft-ietf-httpbis-rfc6265bis, section 4.1.3), so that no neighbouring host can plant one.
struct CookieNames: Sendable {
    private let isSecure: Bool
    private let names: [(kind: CookieKind, name: String)]

    /// - Parameter secure: false drops the prefix and `Secure`, for development without TLS.
    init(secure: Bool) {
        isSecure = secure
        names = CookieKind.allCases.map { kind in
            (kind, (secure ? "__Host-" : "") + "sluice_" + kind.rawValue)
        }
    }

    func name(of kind: CookieKind) -> String {
        names.first { $0.kind == kind }?.name ?? kind.rawValue
    }

    func kind(of name: Substring.UTF8View) -> CookieKind? {
        names.first { $0.name.utf8.elementsEqual(name) }?.kind
    }

    /// A `Set-Cookie` field.
    ///
    /// - Parameter seconds: how long the browser keeps it.
    func setting(_ kind: CookieKind, to value: String, seconds: Int64) -> (String, String) {
        let attributes =
            isSecure ? "; HttpOnly; Secure; SameSite=Strict" : "; HttpOnly; SameSite=Strict"
        return (
            "Set-Cookie",
            "\(name(of: kind))=\(value); Path=/; Max-Age=\(max(0, seconds))\(attributes)"
        )
    }

    /// Takes the cookie away: the same attributes, no value, no time.
    func clearing(_ kind: CookieKind) -> (String, String) {
        setting(kind, to: "", seconds: 0)
    }
}
