import ByteCodecs
import HTTPTransport

/// What a request says of where it comes from: nothing else of it is believed before these hold.
enum Caller {
    static let cookieName = "sluice_operator"

    /// Whether the request was meant for this machine's own name. A page of another name that was
    /// made to lead here (DNS rebinding) says that name.
    static func hasLoopbackHost(_ headers: HTTPHeaders) -> Bool {
        let hosts = headers.all("Host")
        guard hosts.count == 1, let host = hosts.first else { return false }
        return isLoopback(host)
    }

    static func isLoopback(_ host: String) -> Bool {
        let name: Substring
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            name = host[...end]
        } else {
            name = host.prefix { $0 != ":" }
        }
        let port = host[name.endIndex...]
        guard port.isEmpty || isPort(port.dropFirst()) && port.hasPrefix(":") else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains(name.lowercased())
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count)
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether a page of another origin made the browser send this.
    static func isForeign(_ headers: HTTPHeaders) -> Bool {
        if let origin = headers.first("Origin") {
            return origin != "http://" + (headers.first("Host") ?? "")
        }
        guard let site = headers.first("Sec-Fetch-Site") else { return false }
        return !["same-origin", "none"].contains(site)
    }

    /// The cookie's bytes; nil without exactly one that could be ours.
    static func sessionToken(_ headers: HTTPHeaders) -> [UInt8]? {
        let found = headers.all("Cookie").flatMap { $0.split(separator: ";") }.compactMap { part in
            let pair = part.drop { $0 == " " }
            return pair.hasPrefix(cookieName + "=")
                ? pair.dropFirst(cookieName.utf8.count + 1) : nil
        }
        guard found.count == 1, let text = found.first,
            let token = try? Base64.decodeURL(String(text)), token.count == Operators.tokenLength
        else { return nil }
        return token
    }

    /// What stands after `Bearer`; nil without.
    static func bearer(_ headers: HTTPHeaders) -> String? {
        let found = headers.all("Authorization")
        guard found.count == 1, let value = found.first else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Tools ask for JSON; a browser names HTML first.
    static func wantsJSON(_ headers: HTTPHeaders) -> Bool {
        let accepted = headers.all("Accept").joined(separator: ",").lowercased()
        return accepted.contains("application/json") && !accepted.contains("text/html")
    }
}
