import Testing

@testable import Intake

@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    /// Version 2, TCP over IPv4, with fields behind the addresses.
    private static func header(_ fields: [UInt8], command: UInt8 = 0x21) -> [UInt8] {
        let content: [UInt8] = [10, 0, 0, 1, 10, 0, 0, 2, 0x30, 0x39, 0x15, 0x8A] + fields
        return signature
            + [command, 0x11, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }

    private static func field(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
    }

    private static func tls(
        flags: UInt8 = 0x07, verified: UInt8 = 0, name: String? = "edge-7"
    ) -> [UInt8] {
        let inner = name.map { field(0x22, Array($0.utf8)) } ?? []
        return field(0x20, [flags, 0, 0, 0, verified] + field(0x21, Array("TLSv1.3".utf8)) + inner)
    }

    @Test("the name of a checked certificate is taken, with other fields around it")
    func certificate() {
        let bytes = Self.header(Self.field(0x04, [1, 2]) + Self.tls() + Self.field(0xE0, []))

        #expect(
            ProxyHeader.read(bytes + Array("12 abc".utf8))
                == .complete(.certificate(name: "edge-7"), count: bytes.count))
    }

    @Test(
        "without a certificate that was asked for, shown and found good there is no name",
        arguments: [
            [], tls(flags: 0x00), tls(flags: 0x01), tls(flags: 0x06), tls(verified: 1),
            tls(name: nil), tls(name: ""), tls(name: "edge 7"), tls(name: "edge/7"),
            tls(name: String(repeating: "e", count: 65)), field(0x20, [0x07, 0]),
        ])
    func unnamed(fields: [UInt8]) {
        let bytes = Self.header(fields)

        #expect(ProxyHeader.read(bytes) == .complete(.withoutCertificate, count: bytes.count))
    }

    @Test("a header is waited for until it is whole, byte by byte")
    func incomplete() {
        for bytes in [Self.header(Self.tls()), Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n".utf8)] {
            for count in 1..<bytes.count {
                #expect(ProxyHeader.read(Array(bytes[..<count])) == .incomplete)
            }
        }
    }

    @Test("version 1 has no certificate", arguments: ["TCP4 1.1.1.1 2.2.2.2 1 2", "UNKNOWN"])
    func text(rest: String) {
        let bytes = Array("PROXY \(rest)\r\n".utf8)

        #expect(ProxyHeader.read(bytes) == .complete(.withoutCertificate, count: bytes.count))
    }

    @Test(
        "what is no header is refused at once, or as soon as it can be",
        arguments: [
            Array("346 {\"v\":1".utf8), Array("GET / HTTP/1.1\r\n".utf8), Array("PROXX".utf8),
            Array("PROXY TCP4 1.1.1.1\r\n".utf8), Array("PROXY TCP4 1 2 3 4\n".utf8),
            Array("PROXY ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 200),
            header(tls(), command: 0x31), header(tls(), command: 0x22),
            signature + [0x21, 0x11, 0xFF, 0xFF], signature + [0x21, 0x51, 0, 0],
            header([0x20, 0xFF, 0xFF, 1]), header([0x20]), [0x0D, 0x0A, 0x0D, 0x0B],
        ])
    func invalid(bytes: [UInt8]) {
        #expect(ProxyHeader.read(bytes) == .invalid)
    }
}

@Suite struct ListenAddressTests {
    @Test("places are read as they are written")
    func places() throws {
        let tcp = try ListenAddress("tcp:127.0.0.1:5514")
        let proxied = try ListenAddress("proxy:[::1]:5515@edge-1")
        let local = try ListenAddress("unix:/run/sluice/intake.sock")

        #expect(tcp.place == .tcp(host: "127.0.0.1", port: 5514) && !tcp.hasProxyHeader)
        #expect(proxied.place == .tcp(host: "[::1]", port: 5515) && proxied.hasProxyHeader)
        #expect(proxied.edge == "edge-1" && tcp.edge == nil)
        #expect(local.place == .unix(path: "/run/sluice/intake.sock"))
    }

    @Test(
        "only this machine is listened to",
        arguments: [
            "tcp:0.0.0.0:5514", "udp:0.0.0.0:5514", "tcp:10.0.0.1:5514", "udp:[::]:5514",
            "tcp::5514", "tcp:localhost:5514", "tcp:127.0.0.1", "tcp:127.0.0.1:65536",
            "tcp:127.0.0.1:-1", "tcp:127.0.0.1:05514", "unix:relative", "127.0.0.1:5514", "",
            "proxy-udp:127.0.0.1:1", "tcp:127.0.0.1:1@", "tcp:127.0.0.1:1@a b",
            "unix:/" + String(repeating: "x", count: 108),
        ])
    func refused(text: String) {
        #expect(throws: ListenAddressError.self) { try ListenAddress(text) }
    }
}
