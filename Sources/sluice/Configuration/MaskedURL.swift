/// A URL, or a list of them, in the form that may be printed: password, query and every path that
/// could be a provider's key are replaced whole.
enum MaskedURL {
    static let mask = "********"

    static func text(for list: String) -> String {
        list.split(separator: ",").map { single(ConfigurationReader.trimmed($0)) }
            .joined(separator: ",")
    }

    /// What is not clearly `scheme://…` (libpq also takes `key=value` words) is masked entirely.
    private static func single(_ url: String) -> String {
        guard let scheme = url.range(ofText: "://") else { return mask }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let tail = rest.dropFirst(authority.count)
        let path = tail.prefix { !"?#".contains($0) }
        return String(url[..<scheme.upperBound]) + maskedAuthority(String(authority))
            + maskedPath(String(path), isDatabase: url.hasPrefix("postgres"))
            + (path.count < tail.count ? "?" + mask : "")
    }

    private static func maskedAuthority(_ authority: String) -> String {
        guard let at = authority.lastIndex(of: "@") else { return authority }
        let host = authority[at...]
        let user = authority[..<at]
        guard let colon = user.firstIndex(of: ":") else { return authority }
        return String(user[..<colon]) + ":" + mask + String(host)
    }

    /// A database's path is its name. Of a node's only the usual ones are certainly no key.
    private static func maskedPath(_ path: String, isDatabase: Bool) -> String {
        let isHarmless = isDatabase || ["", "/", "/graphql"].contains(path)
        return isHarmless ? path : "/" + mask
    }
}

extension String {
    /// The first place where `part` stands.
    func range(ofText part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) {
                return start..<index(start, offsetBy: part.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
