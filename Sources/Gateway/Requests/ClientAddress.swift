import HTTPTransport

/// Who is really calling, behind the proxies we trust.
struct ClientAddress: Sendable {
    let trustedProxies: [IPNetwork]

    /// Walks `X-Forwarded-For` from its right end, which our own proxy wrote, to the first entry
    /// that is no proxy of ours: everything left of that is hearsay. A malformed entry ends the
    /// walk, and the last good address stands.
    ///
    /// - Parameter forwarded: all `X-Forwarded-For` fields in order; asked for only when the peer
    ///   is trusted.
    func resolve(peer: IPAddress?, forwarded: () -> [String]) -> IPAddress? {
        guard let peer, isTrusted(peer) else { return peer }
        var client = peer
        for field in forwarded().reversed() {
            for entry in field.split(separator: ",", omittingEmptySubsequences: false).reversed() {
                guard let address = Self.address(in: entry) else { return client }
                client = address
                guard isTrusted(address) else { return client }
            }
        }
        return client
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }

    /// Some proxies add a port and write IPv6 in brackets; both are taken off.
    private static func address(in entry: Substring) -> IPAddress? {
        var entry = entry
        while let first = entry.first, first == " " || first == "\t" { entry.removeFirst() }
        while let last = entry.last, last == " " || last == "\t" { entry.removeLast() }
        if let address = IPAddress(String(entry)) { return address }
        if entry.hasPrefix("["), let end = entry.firstIndex(of: "]") {
            let rest = entry[entry.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            return IPAddress(String(entry[entry.index(after: entry.startIndex)..<end]))
        }
        guard let colon = entry.firstIndex(of: ":"), isPort(entry[colon...]) else { return nil }
        return IPAddress(String(entry[..<colon]))
    }

    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.utf8.first == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
