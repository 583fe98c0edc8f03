/// A web origin: scheme, host and port, nothing else (RFC 6454 section 4).
struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// Serialised as browsers send it: lower case, without the scheme's own port.
    let description: String
    /// Host and port, as the sign-in text shows them.
    let domain: String
    let isSecure: Bool
    /// Whether the host is this machine, which browsers trust without TLS.
    let isLoopback: Bool

    /// - Returns: nil for anything but `http(s)://host[:port]`, with or without a closing slash.
    init?(_ text: String) {
        let text = (text.hasSuffix("/") ? String(text.dropLast()) : text).lowercased()
        let secure = text.hasPrefix("https://")
        guard secure || text.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(secure ? 8 : 7)
        guard let (host, port) = Self.split(String(rest)), Self.isHost(host) else { return nil }
        let isUsualPort = port == nil || port == (secure ? 443 : 80)
        domain = isUsualPort ? host : "\(host):\(port ?? 0)"
        description = (secure ? "https://" : "http://") + domain
        isSecure = secure
        isLoopback = ["localhost", "127.0.0.1", "[::1]"].contains(host)
    }

    private static func split(_ authority: String) -> (host: String, port: UInt16?)? {
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[bracket...].lastIndex(of: ":") else { return (authority, nil) }
        let digits = authority[authority.index(after: colon)...]
        guard let port = UInt16(digits), port > 0, String(port) == digits else { return nil }
        return (String(authority[..<colon]), port)
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().allSatisfy {
                $0.isHexDigit || $0 == ":" || $0 == "."
            }
        }
        return !host.isEmpty && host.utf8.count <= 253
            && host.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == 0x2E || byte == 0x2D
            }
    }
}
