import Authentication
import ByteCodecs
import Determinism
import Identifiers

/// The body of `GET /v1/auth/session`, which proxies ask for on every request of theirs: the same
/// bytes as ``ByteCodecs/JSONValue`` would write, without building the tree first.
enum ClaimsBody {
    /// Bytes that nearly every body stays below.
    private static let usualCount = 384

    /// - Parameter wallet: the claims' wallet address as text.
    static func bytes(_ claims: AccessClaims, wallet: String) -> [UInt8] {
        // What is not fixed by its type comes from a token of ours, but is escaped all the same.
        guard isPlain(claims.chain), isPlain(claims.tokenID) else {
            return JSONValue(claims).serialized()
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(usualCount)
        bytes.append(literal: #"{"sessionId":""#)
        claims.sessionID.uuid.append(to: &bytes)
        bytes.append(literal: #"","customerId":"#)
        bytes.append(text: claims.customerID.description)
        bytes.append(literal: #","walletAddress":""#)
        bytes.append(text: wallet)
        bytes.append(literal: #"","chain":""#)
        bytes.append(text: claims.chain)
        bytes.append(literal: #"","issuedAt":""#)
        claims.issuedAt.appendRFC3339(to: &bytes)
        bytes.append(literal: #"","expiresAt":""#)
        claims.expiresAt.appendRFC3339(to: &bytes)
        bytes.append(literal: #"","tokenId":""#)
        bytes.append(text: claims.tokenID)
        bytes.append(literal: #""}"#)
        return bytes
    }

    private static func isPlain(_ text: String) -> Bool {
        for byte in text.utf8 where byte < 0x20 || byte >= 0x7F || byte == 0x22 || byte == 0x5C {
            return false
        }
        return true
    }
}
