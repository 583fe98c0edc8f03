import CMicroHTTPD
import Glibc

/// An IPv4 or IPv6 address.
///
/// An IPv4 address written inside IPv6 (`::ffff:192.0.2.1`, RFC 4291 section 2.5.5.2) is the IPv4
/// address: a rule about one must hold for the other, whatever kind of socket it came through.
public struct IPAddress: Hashable, Sendable {
    public enum Family: Sendable {
        case v4, v6

        /// Bits of an address: 32 or 128.
        public var bitCount: Int { self == .v4 ? 32 : 128 }
    }

    public let family: Family
    /// The address as a number, most significant half first; IPv4 in the last 32 bits.
    let high: UInt64
    let low: UInt64

    init(family: Family, high: UInt64, low: UInt64) {
        let isMapped = family == .v6 && high == 0 && low >> 32 == 0xFFFF
        self.family = isMapped ? .v4 : family
        self.high = high
        self.low = isMapped || family == .v4 ? low & 0xFFFF_FFFF : low
    }

    /// Dotted decimal without leading zeros, or RFC 4291 text without a zone; nil for anything
    /// else, a port or brackets included.
    public init?(_ text: String) {
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(four)
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(six)
        } else {
            return nil
        }
    }

    /// `127.0.0.1`.
    public static let loopback = IPAddress(family: .v4, high: 0, low: 0x7F00_0001)

    init(_ address: in_addr) {
        self.init(family: .v4, high: 0, low: UInt64(UInt32(bigEndian: address.s_addr)))
    }

    init(_ address: in6_addr) {
        let halves = withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(family: .v6, high: halves.0, low: halves.1)
    }

    /// The network of the first `prefix` bits, which is out of range clamped.
    public func network(prefix: Int) -> IPNetwork {
        IPNetwork(address: self, prefix: prefix)
    }
}

extension IPAddress: CustomStringConvertible {
    /// The form of RFC 5952 section 4, or dotted decimal.
    public var description: String {
        switch family {
        case .v4:
            return String(unsafeUninitializedCapacity: 15, initializingUTF8With: writeFour)
        case .v6:
            var address = in6_addr()
            withUnsafeMutableBytes(of: &address) { bytes in
                bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            inet_ntop(AF_INET6, &address, &text, socklen_t(INET6_ADDRSTRLEN))
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
        }
    }

    private func writeFour(into text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var place = 0
        func put(_ byte: UInt8) {
            text[place] = byte
            place += 1
        }
        for shift in [24, 16, 8, 0] as [UInt64] {
            let part = UInt8(truncatingIfNeeded: low >> shift)
            if part >= 100 { put(48 + part / 100) }
            if part >= 10 { put(48 + part / 10 % 10) }
            put(48 + part % 10)
            if shift > 0 { put(UInt8(ascii: ".")) }
        }
        return place
    }
}
