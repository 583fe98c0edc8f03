/// Sui nodes that are asked what cannot be checked here.
struct NodeSettings: Sendable {
    /// GraphQL endpoints in order of preference; none is allowed, and then zkLogin is refused as
    /// unavailable. A URL may hold a provider's key.
    let graphQLURLs: [ConfidentialText]

    /// The mock node's own address; see `mock-sui-node`.
    static let mockURL = "http://127.0.0.1:9000/graphql"

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader, isMocked: Bool) {
        let before = reader.problems.count
        let urls = reader.list(.graphQLURLs, default: isMocked ? Self.mockURL : "")
        for (index, url) in urls.enumerated() {
            guard let reason = Self.refusal(of: url, isProduction: reader.isProduction) else {
                continue
            }
            reader.refuse(.graphQLURLs, "entry \(index + 1) \(reason)")
        }
        guard reader.problems.count == before else { return nil }
        graphQLURLs = urls.map(ConfidentialText.init)
    }

    /// Why a URL cannot be used, without the URL, which may hold a key. In production nobody on
    /// the way may answer in a node's place: its word lets zkLogin wallets in.
    private static func refusal(of url: String, isProduction: Bool) -> String? {
        guard isURL(url) else { return "is not an http:// or https:// URL" }
        guard isProduction, !url.hasPrefix("https://") else { return nil }
        let authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@").last ?? ""
        let isLocal = ["127.0.0.1", "localhost", "[::1]"].contains { name in
            host == name || host.hasPrefix(name + ":")
        }
        return isLocal ? nil : "is not https://, which every node outside this machine needs"
    }

    static func isURL(_ text: String) -> Bool {
        let scheme = ["https://", "http://"].first { text.hasPrefix($0) }
        guard let scheme, text.utf8.count <= 2048 else { return false }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        guard let first = rest.first, first != 0x2F else { return false }
        return text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
