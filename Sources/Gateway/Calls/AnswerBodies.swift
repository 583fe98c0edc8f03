import Authentication
import ByteCodecs
import Determinism
import Identifiers
import SuiProtocol

extension JSONValue {
    static func time(_ moment: Timestamp) -> JSONValue { .string(moment.rfc3339) }

    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    init(_ customer: Customer) {
        self = [
            "customerId": .integer(customer.id.number),
            "walletAddress": .string(customer.walletAddress.description),
            "status": .string(customer.status.rawValue),
            "displayName": .optional(customer.displayName),
            "escrowAccountId": .optional(customer.escrowAccount?.description),
            "createdAt": .time(customer.createdAt),
        ]
    }

    init(_ session: Session, isCurrent: Bool) {
        self = [
            "id": .string(session.id.description),
            "createdAt": .time(session.createdAt),
            "lastUsedAt": .time(session.lastUsedAt),
            "expiresAt": .time(session.expiresAt),
            "ip": .optional(session.ip),
            "userAgent": .optional(session.userAgent),
            "current": .bool(isCurrent),
        ]
    }

    /// - Parameter showsRefreshToken: for clients without cookies; no browser's script sees it.
    init(_ signedIn: SignedIn, showsRefreshToken: Bool) {
        var body: JSONObject = [
            "accessToken": .string(signedIn.accessToken),
            "tokenType": "Bearer",
            "expiresIn": .integer(signedIn.expiresIn),
        ]
        if showsRefreshToken { body["refreshToken"] = .string(signedIn.refreshToken) }
        body["session"] = JSONValue(signedIn.session, isCurrent: true)
        body["customer"] = JSONValue(signedIn.customer)
        self = .object(body)
    }

    init(_ challenge: Challenge) {
        var body: JSONObject = ["nonce": .string(challenge.nonce)]
        switch challenge.text {
        case .message(let text): body["message"] = .string(text)
        case .template(let text): body["messageTemplate"] = .string(text)
        }
        body["issuedAt"] = .time(challenge.issuedAt)
        body["expiresAt"] = .time(challenge.expiresAt)
        self = .object(body)
    }

    init(_ claims: AccessClaims) {
        self = [
            "sessionId": .string(claims.sessionID.description),
            "customerId": .integer(claims.customerID.number),
            "walletAddress": .string(claims.walletAddress.description),
            "chain": .string(claims.chain),
            "issuedAt": .time(claims.issuedAt),
            "expiresAt": .time(claims.expiresAt),
            "tokenId": .string(claims.tokenID),
        ]
    }
}
