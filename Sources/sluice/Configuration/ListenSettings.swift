import HTTPTransport

/// Where the gateway listens, and whose word about client addresses it believes.
struct ListenSettings: Sendable {
    let address: IPAddress
    /// 0 takes any free port.
    let port: UInt16
    /// How long after SIGTERM connections are still taken, so that a proxy sees `/ready` say no
    /// before it could be refused one.
    let drainNoticeSeconds: Int
    /// Networks whose `X-Forwarded-For` is believed.
    let trustedProxies: [IPNetwork]

    /// No proxy's own network is larger: `10.0.0.0/8` and `fd00::/8` are the widest private ones
    /// (RFC 1918, RFC 4193).
    private static let shortestPrefix = 8

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let before = reader.problems.count
        let text = reader.text(.listen, default: "127.0.0.1:3000")
        let parsed = Self.parse(text)
        if parsed == nil {
            reader.refuse(
                .listen, "'\(text)' is not address:port, as in 127.0.0.1:3000 or [::]:3000")
        }
        drainNoticeSeconds = reader.integer(.drainNoticeSeconds, in: 0...8, default: 3)
        var networks: [IPNetwork] = []
        for text in reader.list(.trustedProxies) {
            if let network = IPNetwork(text) {
                if reader.isProduction, network.prefix < Self.shortestPrefix {
                    reader.refuse(
                        .trustedProxies,
                        "'\(text)' takes in half the world, which could then name any address "
                            + "as its own")
                }
                networks.append(network)
            } else {
                reader.refuse(
                    .trustedProxies, "'\(text)' is not an address or a network such as 10.0.0.0/8")
            }
        }
        trustedProxies = networks
        guard let parsed, reader.problems.count == before else { return nil }
        (address, port) = parsed
    }

    static func parse(_ text: String) -> (IPAddress, UInt16)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), String(port) == digits else { return nil }
        let host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let address = IPAddress(isBracketed ? String(host.dropFirst().dropLast()) : host)
        guard let address, isBracketed == host.contains(":") else { return nil }
        return (address, port)
    }
}
