import Determinism
import SuiProtocol
import Testing

@testable import Authentication

@Suite struct SignInMessageTests {
    private let policy = SignInPolicy(
        domain: "app.example:8443", uri: "https://app.example:8443", chain: .testnet,
        statement: "Sign in to see your services.")

    private func message(for address: SuiAddress?) -> SignInMessage {
        SignInMessage(
            policy: policy, address: address, nonce: "abc123",
            issuedAt: Timestamp(milliseconds: 1_795_253_400_000),
            expiresAt: Timestamp(milliseconds: 1_795_253_700_000))
    }

    @Test("the text is the published profile's, to the byte, and no line feed ends it")
    func text() throws {
        let address = try SuiAddress(parsing: "0x2")

        #expect(
            message(for: address).text
                == "app.example:8443 wants you to sign in with your Sui account:\n"
                + "0x0000000000000000000000000000000000000000000000000000000000000002\n\n"
                + "Sign in to see your services.\n\n"
                + "URI: https://app.example:8443\nVersion: 1\nChain ID: sui:testnet\n"
                + "Nonce: abc123\nIssued At: 2026-11-21T09:30:00.000Z\n"
                + "Expiration Time: 2026-11-21T09:35:00.000Z")
    }

    @Test("a filled template is the text that would have been made for that address")
    func template() throws {
        let address = try SuiAddress(parsing: "0xabc")
        let template = message(for: nil).text

        #expect(template.split(separator: "{address}", omittingEmptySubsequences: false).count == 2)
        #expect(SignInMessage.fill(template, with: address) == message(for: address).text)
    }
}
