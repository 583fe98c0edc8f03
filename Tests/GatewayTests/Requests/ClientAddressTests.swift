import HTTPTransport
import Testing

@testable import Gateway

@Suite struct ClientAddressTests {
    private func resolve(_ peer: String, _ forwarded: String...) throws -> String {
        let proxies = try ["10.0.0.0/8", "fd00::/8"].map { try #require(IPNetwork($0)) }
        let resolved = ClientAddress(trustedProxies: proxies)
            .resolve(peer: IPAddress(peer), forwarded: { forwarded })
        return try #require(resolved).description
    }

    @Test func strangersAreNotBelieved() throws {
        #expect(try resolve("198.51.100.7", "203.0.113.1") == "198.51.100.7")
    }

    @Test func rightmostStrangerIsTheClient() throws {
        #expect(try resolve("10.0.0.1", "203.0.113.1") == "203.0.113.1")
        #expect(try resolve("10.0.0.1", "192.0.2.66, 203.0.113.1, 10.9.9.9") == "203.0.113.1")
        #expect(try resolve("10.0.0.1", "192.0.2.66", "203.0.113.1") == "203.0.113.1")
        #expect(try resolve("fd00::1", "2001:db8::5") == "2001:db8::5")
    }

    @Test(
        "what a client put in front of our proxy's entry never counts",
        arguments: ["127.0.0.1", "10.0.0.5", "unknown", "", "::1", "203.0.113.9, 10.0.0.2"])
    func forgedEntries(forged: String) throws {
        #expect(try resolve("10.0.0.1", "\(forged), 203.0.113.1") == "203.0.113.1")
    }

    @Test(arguments: ["unknown", "_hidden", "", "999.1.1.1", "10.0.0.2; drop", "[::1", "1.2.3.4:x"])
    func malformedEntryEndsTheWalk(entry: String) throws {
        #expect(try resolve("10.0.0.1", "203.0.113.1, \(entry), 10.0.0.3") == "10.0.0.3")
        #expect(try resolve("10.0.0.1", entry) == "10.0.0.1")
    }

    @Test func portsAreTakenOff() throws {
        #expect(try resolve("10.0.0.1", "203.0.113.1:4711") == "203.0.113.1")
        #expect(try resolve("10.0.0.1", "[2001:db8::5]:4711") == "2001:db8::5")
    }

    @Test func onlyProxiesLeaveTheFarthestOne() throws {
        #expect(try resolve("10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.3")
        #expect(try resolve("10.0.0.1") == "10.0.0.1")
    }
}
