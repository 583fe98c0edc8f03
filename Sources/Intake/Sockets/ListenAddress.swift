/// Where lines come in, and who may say of which edge they are.
///
/// Written `tcp:127.0.0.1:5514`, `udp:127.0.0.1:5514`, `unix:/path`, and with a PROXY header
/// `proxy:127.0.0.1:5515` and `proxy-unix:/path`; each with `@NAME` behind it where all that comes
/// is of one edge.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    public enum Place: Hashable, Sendable {
        case tcp(host: String, port: UInt16)
        case udp(host: String, port: UInt16)
        case unix(path: String)
    }

    public let place: Place
    /// Connections begin with a PROXY header, whose certificate names the edge.
    public let hasProxyHeader: Bool
    /// The one edge that is believed here.
    public let edge: String?

    /// - Throws: ``ListenAddressError``.
    public init(_ text: String) throws(ListenAddressError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        edge = parts.count == 2 ? String(parts[1]) : nil
        if let edge, !EdgeName.isValid(edge.utf8) { throw .notAnEdge(edge) }
        guard let colon = parts[0].firstIndex(of: ":") else { throw .notAnAddress(text) }
        let rest = parts[0][parts[0].index(after: colon)...]
        switch parts[0][..<colon] {
        case "tcp", "proxy":
            guard let (host, port) = Self.internet(rest) else { throw .notAnAddress(text) }
            place = .tcp(host: host, port: port)
        case "udp":
            guard let (host, port) = Self.internet(rest) else { throw .notAnAddress(text) }
            place = .udp(host: host, port: port)
        case "unix", "proxy-unix":
            guard rest.hasPrefix("/"), rest.utf8.count < Self.pathLimit else {
                throw .notAnAddress(text)
            }
            place = .unix(path: String(rest))
        default: throw .notAnAddress(text)
        }
        hasProxyHeader = parts[0].hasPrefix("proxy")
    }

    private init(_ address: ListenAddress, edge: String?) {
        place = address.place
        hasProxyHeader = address.hasProxyHeader
        self.edge = edge
    }

    /// The same place; where nothing else says of which edge its lines are, they are of `edge`.
    public func believing(_ edge: String?) -> ListenAddress {
        self.edge == nil && !hasProxyHeader ? ListenAddress(self, edge: edge) : self
    }

    public var description: String {
        switch place {
        case .tcp(let host, let port): "\(hasProxyHeader ? "proxy" : "tcp") \(host):\(port)"
        case .udp(let host, let port): "udp \(host):\(port)"
        case .unix(let path): "\(hasProxyHeader ? "proxy-unix" : "unix") \(path)"
        }
    }

    /// What `sockaddr_un` holds, with its end.
    private static let pathLimit = 108

    /// Only addresses of this machine: whatever comes from others comes through a proxy that has
    /// checked its certificate.
    private static func internet(_ text: Substring) -> (String, UInt16)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), String(port) == digits else { return nil }
        let host = String(text[..<colon])
        return host == "127.0.0.1" || host == "[::1]" ? (host, port) : nil
    }
}

/// Why a text is no place to listen.
public enum ListenAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    case notAnAddress(String)
    case notAnEdge(String)

    public var description: String {
        switch self {
        case .notAnAddress(let text):
            """
            '\(text)' is none of tcp:127.0.0.1:PORT, udp:127.0.0.1:PORT, unix:/PATH, \
            proxy:127.0.0.1:PORT and proxy-unix:/PATH; others than this machine are not listened to
            """
        case .notAnEdge(let name):
            "'\(name)' is no name of an edge: 1 to 64 letters, digits, - and _"
        }
    }
}
