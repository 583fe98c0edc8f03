import Authentication
import ByteCodecs
import Determinism
import Identifiers
import SuiProtocol

/// The body of `GET /v1/auth/session`, which proxies ask for on every request of theirs: the same
/// bytes as ``ByteCodecs/JSONValue`` would write, without building the tree first.
enum ClaimsBody {
    static func bytes(_ claims: AccessClaims) -> [UInt8] {
        // What is not fixed by its type comes from a token of ours, but is escaped all the same.
        guard isPlain(claims.chain), isPlain(claims.tokenID) else {
            return JSONValue(claims).serialized()
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384)
        func add(_ start: StaticString, _ text: String) {
            start.withUTF8Buffer { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text.utf8)
        }
        add(#"{"sessionId":""#, claims.sessionID.description)
        add(#"","customerId":"#, claims.customerID.description)
        add(#","walletAddress":""#, claims.walletAddress.description)
        add(#"","chain":""#, claims.chain)
        add(#"","issuedAt":""#, claims.issuedAt.rfc3339)
        add(#"","expiresAt":""#, claims.expiresAt.rfc3339)
        add(#"","tokenId":""#, claims.tokenID)
        add(#""}"#, "")
        return bytes
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }
}
