import HTTPTransport
import Testing

@Suite struct IPAddressTests {
    @Test(
        "an address prints in its one canonical form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"),
            ("255.255.255.255", "255.255.255.255"), ("1.10.100.109", "1.10.100.109"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::1", "::1"), ("::", "::"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"),
        ])
    func canonical(text: String, expected: String) throws {
        #expect(try #require(IPAddress(text)).description == expected)
    }

    @Test("both spellings of an IPv4 address are equal")
    func mapped() {
        #expect(IPAddress("::ffff:10.1.2.3") == IPAddress("10.1.2.3"))
        #expect(IPAddress("::ffff:10.1.2.3")?.family == .v4)
    }

    @Test(
        "anything else is no address",
        arguments: [
            "", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4",
            "1.2.3.4:80", "[::1]", "::1%lo", ":::", "1::2::3", "g::1", "1.2.3.4\u{0}", "0x7f.1",
            "::ffff:1.2.3.256", "12345::", "localhost", String(repeating: "1", count: 10_000),
        ])
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "a network holds its addresses and no others",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("10.0.0.0/8", "a00::", false),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
            ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
            ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
            ("::/0", "2001:db8::1", true), ("::/0", "10.0.0.1", false),
            ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("::1/128", "::1", true),
        ])
    func contains(network: String, address: String, expected: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == expected)
    }

    @Test(
        "a network with a typing error is refused",
        arguments: [
            "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.1/8",
            "10.0.0.0/8/8", "/8", "", "::/129", "::1/64", "::ffff:10.0.0.0/95", "10.0.0.0/ 8",
        ])
    func refusedNetwork(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test("neighbours in one /64 share its network")
    func sixtyFour() throws {
        let first = try #require(IPAddress("2001:db8:1:2:3::4")).network(prefix: 64)
        #expect(first == IPAddress("2001:db8:1:2:ffff::1")?.network(prefix: 64))
        #expect(first != IPAddress("2001:db8:1:3:3::4")?.network(prefix: 64))
        #expect(first.description == "2001:db8:1:2::/64")
    }
}
