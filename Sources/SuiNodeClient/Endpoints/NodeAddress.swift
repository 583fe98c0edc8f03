/// Where a node is asked, and in which wire format.
public struct NodeAddress: Hashable, Sendable {
    public enum Wire: String, Sendable {
        case graphQL = "graphql"
        case jsonRPC = "jsonrpc"
    }

    /// `http` or `https`. A provider's key may stand in it.
    public let url: String
    public let wire: Wire

    public static func graphQL(_ url: String) -> NodeAddress {
        NodeAddress(url: url, wire: .graphQL)
    }

    public static func jsonRPC(_ url: String) -> NodeAddress {
        NodeAddress(url: url, wire: .jsonRPC)
    }
}
