import Authentication
import ByteCodecs
import Determinism
import Identifiers
import SuiProtocol
import Testing

@testable import Gateway

@Suite("the body written straight is the one that the tree would give, byte for byte")
struct ClaimsBodyTests {
    private func holds(_ change: (inout AccessClaims) throws -> Void) throws -> Bool {
        var claims = try Samples.claims()
        try change(&claims)
        let expected = JSONValue(claims).serialized()
        return ClaimsBody.bytes(claims, wallet: claims.walletAddress.description) == expected
            && (try? JSONValue.parse(expected)) != nil
    }

    @Test func usual() throws {
        #expect(try holds { _ in })
    }

    @Test(
        "texts, whatever is in them",
        arguments: [
            "", "a\"b", "back\\slash", "line\nbreak\r\t", "\u{0}", "\u{1F}", " ", "~", "\u{7F}",
            "\u{2028}\u{2029}", "é", "💧", "</script>", "/", "\u{8}\u{C}",
            String(repeating: "x", count: 4096),
        ])
    func texts(text: String) throws {
        #expect(try holds { $0.chain = text })
        #expect(try holds { $0.tokenID = text })
    }

    @Test(arguments: [1, 42, 4_294_967_295] as [Int64])
    func customers(number: Int64) throws {
        #expect(try holds { $0.customerID = try #require(CustomerID(number)) })
    }

    @Test(arguments: ["0x0", "0x" + String(repeating: "F", count: 64)])
    func wallets(text: String) throws {
        #expect(try holds { $0.walletAddress = try SuiAddress(parsing: text) })
    }

    @Test(arguments: [0, 1, 999, 951_782_400_000, 253_402_300_799_999] as [Int64])
    func moments(milliseconds: Int64) throws {
        #expect(
            try holds {
                $0.issuedAt = Timestamp(milliseconds: milliseconds)
                $0.expiresAt = Timestamp(milliseconds: milliseconds + 900_000)
            })
    }

    @Test(arguments: [0, 255] as [UInt8])
    func sessions(number: UInt8) throws {
        #expect(try holds { $0.sessionID = try Samples.session(number).id })
    }
}
