import Determinism
import SuiProtocol

/// The text that a wallet signs: CAIP-122 in the form of EIP-4361, with Sui's words.
///
/// Lines are parted by LF and none ends the text. The profile is written out in `Docs/SignIn.md`.
struct SignInMessage {
    /// Stands where the address belongs in a template, once.
    static let addressMark = "{address}"

    var policy: SignInPolicy
    /// Nil makes a template.
    var address: SuiAddress?
    var nonce: String
    var issuedAt: Timestamp
    var expiresAt: Timestamp

    var text: String {
        """
        \(policy.domain) wants you to sign in with your Sui account:
        \(address?.description ?? Self.addressMark)

        \(policy.statement)

        URI: \(policy.uri)
        Version: 1
        Chain ID: \(policy.chain.rawValue)
        Nonce: \(nonce)
        Issued At: \(issuedAt.rfc3339)
        Expiration Time: \(expiresAt.rfc3339)
        """
    }

    /// The address is on the second line; nothing before it can hold the mark, for the domain is
    /// checked at start.
    static func fill(_ template: String, with address: SuiAddress) -> String {
        let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().map { index, line in
            index == 1 && line == addressMark ? address.description : String(line)
        }.joined(separator: "\n")
    }
}
