import SuiNodeClient
import SuiProtocol

/// Sui nodes that are asked what cannot be known here.
struct NodeSettings: Sendable {
    /// In order of preference, those that speak GraphQL first; none is allowed, and then zkLogin
    /// is refused as unavailable. A URL may hold a provider's key.
    let endpoints: [Endpoint]
    /// The network that all of them have to be of; nil where it is made anew at will and none is
    /// configured.
    let chain: ChainIdentifier?

    struct Endpoint: Sendable {
        let url: ConfidentialText
        let wire: NodeAddress.Wire

        var address: NodeAddress {
            switch wire {
            case .graphQL: .graphQL(url.text)
            case .jsonRPC: .jsonRPC(url.text)
            }
        }
    }

    /// The mock node's own address; see `mock-sui-node`.
    static let mockURL = "http://127.0.0.1:9000/graphql"

    var addresses: [NodeAddress] { endpoints.map(\.address) }

    /// - Parameter chain: as configured; nil where that was refused.
    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader, isMocked: Bool, chain: SuiChain?) {
        let before = reader.problems.count
        let jsonRPC = Self.endpoints(.jsonRPCURLs, .jsonRPC, default: "", &reader)
        // A node that is configured is not put behind one that may not be there.
        let graphQL = Self.endpoints(
            .graphQLURLs, .graphQL, default: isMocked && jsonRPC.isEmpty ? Self.mockURL : "",
            &reader)
        let identifier = Self.identifier(&reader, of: chain)
        guard reader.problems.count == before else { return nil }
        endpoints = graphQL + jsonRPC
        self.chain = identifier
    }

    private static func endpoints(
        _ variable: ConfigurationVariable, _ wire: NodeAddress.Wire, default standard: String,
        _ reader: inout ConfigurationReader
    ) -> [Endpoint] {
        let urls = reader.list(variable, default: standard)
        for (index, url) in urls.enumerated() {
            guard let reason = refusal(of: url, isProduction: reader.isProduction) else {
                continue
            }
            reader.refuse(variable, "entry \(index + 1) \(reason)")
        }
        return urls.map { Endpoint(url: ConfidentialText($0), wire: wire) }
    }

    /// Mainnet and testnet are known; what is configured beside must agree.
    private static func identifier(
        _ reader: inout ConfigurationReader, of chain: SuiChain?
    ) -> ChainIdentifier? {
        let known = chain.flatMap(ChainIdentifier.init(of:))
        guard let text = reader.text(.chainIdentifier) else { return known }
        guard let given = try? ChainIdentifier(parsing: text) else {
            reader.refuse(
                .chainIdentifier, "is not the digest of a first checkpoint, 32 bytes in Base58")
            return nil
        }
        if let known, given != known {
            reader.refuse(
                .chainIdentifier, "is not that of \(chain?.rawValue ?? ""): \(known.genesis)")
        }
        return given
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
