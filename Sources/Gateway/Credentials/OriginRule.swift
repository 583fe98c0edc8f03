/// Which pages may call us from a browser. Holds against forged requests in both directions: with
/// somebody's cookies (CSRF) and into a session of the attacker's own (login CSRF).
struct OriginRule: Sendable {
    enum Standing: Equatable, Sendable {
        case absent
        /// Spelled as the browser sent it, which is how CORS answers it.
        case ours(String)
        case foreign
    }

    /// Serialised origins, as `https://app.example`.
    let origins: Set<String>
    /// Pages of this machine, on any port; for `sluice dev`.
    let acceptsLoopback: Bool

    func standing(of origin: String?) -> Standing {
        guard let origin else { return .absent }
        if origins.contains(origin) || acceptsLoopback && Self.isLoopback(origin) {
            return .ours(origin)
        }
        return .foreign
    }

    /// - Parameters:
    ///   - hasAuthorization: a header that no browser adds by itself, so nothing can be forged.
    ///   - isCookieCredential: whether a cookie is what this request is believed for.
    func check(
        method: String, standing: Standing, hasAuthorization: Bool, isCookieCredential: Bool
    ) throws(Problem) {
        if hasAuthorization || method == "GET" || method == "HEAD" { return }
        switch standing {
        case .ours: return
        case .foreign: throw Problem(.originRefused, "The Origin of this request is not ours.")
        case .absent where isCookieCredential:
            throw Problem(.originRefused, "A request that cookies speak for must name its Origin.")
        case .absent: return
        }
    }

    private static func isLoopback(_ origin: String) -> Bool {
        for host in ["http://localhost", "http://127.0.0.1"] where origin.hasPrefix(host) {
            let rest = origin.utf8.dropFirst(host.utf8.count)
            if rest.isEmpty { return true }
            let port = rest.dropFirst()
            return rest.first == UInt8(ascii: ":") && (1...5).contains(port.count)
                && port.allSatisfy { (0x30...0x39).contains($0) }
        }
        return false
    }
}
