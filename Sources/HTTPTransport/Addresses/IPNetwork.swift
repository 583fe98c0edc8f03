/// A range of addresses that share their first bits, as `10.0.0.0/8`.
public struct IPNetwork: Hashable, Sendable {
    /// The lowest address; the bits past the prefix are zero.
    public let address: IPAddress
    /// How many bits are shared: 0…32 or 0…128.
    public let prefix: Int

    init(address: IPAddress, prefix: Int) {
        let prefix = max(0, min(prefix, address.family.bitCount))
        // IPv4 stands in the last 32 of 128 bits, so 96 more bits are always shared.
        let shared = address.family == .v4 ? prefix + 96 : prefix
        self.address = IPAddress(
            family: address.family, high: address.high & Self.mask(shared),
            low: address.low & Self.mask(shared - 64))
        self.prefix = prefix
    }

    /// `address` or `address/bits` (RFC 4632, RFC 4291 section 2.3); nil for anything else, also
    /// when bits past the prefix are set, which is more likely a typing error than meant.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
        var prefix = address.family.bitCount
        if parts.count == 2 {
            guard let bits = Self.bits(parts[1], written: first, limit: prefix) else { return nil }
            prefix = bits
        }
        self.init(address: address, prefix: prefix)
        guard self.address == address else { return nil }
    }

    public func contains(_ other: IPAddress) -> Bool {
        other.family == address.family && other.network(prefix: prefix).address == address
    }

    private static func bits(_ text: Substring, written: Substring, limit: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ 48...57 ~= $0 }),
            text == "0" || text.first != "0", var bits = Int(text)
        else { return nil }
        let isMapped = limit == 32 && written.contains(":")
        if isMapped { bits -= 96 }  // `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
        return 0...limit ~= bits ? bits : nil
    }

    private static func mask(_ bits: Int) -> UInt64 {
        bits <= 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
    }
}

extension IPNetwork: CustomStringConvertible {
    public var description: String { "\(address)/\(prefix)" }
}
