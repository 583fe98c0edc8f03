/// What a proxy says of a connection before its first byte.
///
/// Source: "The PROXY protocol, versions 1 & 2" (haproxy.org, `doc/proxy-protocol.txt`).
public enum ProxyHeader: Hashable, Sendable {
    /// Version 1, or 2 without a checked certificate.
    case withoutCertificate
    /// The common name of the client's certificate, which the proxy has checked.
    case certificate(name: String)

    /// What the bytes received so far amount to.
    public enum Reading: Hashable, Sendable {
        case incomplete
        case complete(ProxyHeader, count: Int)
        case invalid
    }

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    /// The longest line of version 1, and more than any address and certificate of version 2 need.
    private static let textLimit = 107
    static let binaryLimit = 4096

    public static func read(_ bytes: [UInt8]) -> Reading {
        if bytes.first == signature[0] { return readBinary(bytes) }
        guard zip(bytes, "PROXY ".utf8).allSatisfy({ $0 == $1 }) else { return .invalid }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            return bytes.count >= textLimit ? .invalid : .incomplete
        }
        guard end < textLimit, end > 0, bytes[end - 1] == UInt8(ascii: "\r") else {
            return .invalid
        }
        let words = bytes[..<(end - 1)].split(separator: UInt8(ascii: " "))
        let family = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
        let isWhole = ["TCP4", "TCP6"].contains(family) ? words.count == 6 : family == "UNKNOWN"
        return isWhole ? .complete(.withoutCertificate, count: end + 1) : .invalid
    }

    private static func readBinary(_ bytes: [UInt8]) -> Reading {
        guard zip(bytes, signature).allSatisfy({ $0 == $1 }) else { return .invalid }
        guard bytes.count >= 16 else { return .incomplete }
        guard bytes[12] == 0x20 || bytes[12] == 0x21 else { return .invalid }
        let count = Int(bytes[14]) << 8 | Int(bytes[15])
        guard count <= binaryLimit else { return .invalid }
        guard bytes.count >= 16 + count else { return .incomplete }
        // Bytes of the two addresses, by family (2.2).
        let addresses: Int
        switch bytes[13] >> 4 {
        case 0: addresses = 0
        case 1: addresses = 12
        case 2: addresses = 36
        case 3: addresses = 216
        default: return .invalid
        }
        guard addresses <= count else { return .invalid }
        let header = certificate(in: bytes[(16 + addresses)..<(16 + count)])
        return header.map { .complete($0, count: 16 + count) } ?? .invalid
    }

    /// - Returns: nil when the fields are not whole.
    private static func certificate(in fields: ArraySlice<UInt8>) -> ProxyHeader? {
        guard let all = typed(fields) else { return nil }
        // PP2_TYPE_SSL: flags of the client, the result of the check, and fields of its own.
        guard let tls = all.first(where: { $0.type == 0x20 })?.value, tls.count >= 5 else {
            return .withoutCertificate
        }
        let start = tls.startIndex
        // PP2_CLIENT_SSL, and PP2_CLIENT_CERT_CONN or PP2_CLIENT_CERT_SESS.
        let hasCertificate = tls[start] & 0x01 != 0 && tls[start] & 0x06 != 0
        let isVerified = tls[(start + 1)..<(start + 5)].allSatisfy { $0 == 0 }
        guard let inner = typed(tls.dropFirst(5)) else { return nil }
        guard hasCertificate, isVerified,
            let name = inner.first(where: { $0.type == 0x22 })?.value, EdgeName.isValid(name)
        else { return .withoutCertificate }
        return .certificate(name: String(decoding: name, as: UTF8.self))
    }

    private static func typed(
        _ bytes: ArraySlice<UInt8>
    ) -> [(type: UInt8, value: ArraySlice<UInt8>)]? {
        var fields: [(type: UInt8, value: ArraySlice<UInt8>)] = []
        var rest = bytes
        while !rest.isEmpty {
            guard rest.count >= 3 else { return nil }
            let start = rest.startIndex
            let count = Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            guard rest.count >= 3 + count else { return nil }
            fields.append((rest[start], rest[(start + 3)..<(start + 3 + count)]))
            rest = rest.dropFirst(3 + count)
        }
        return fields
    }
}
