import ByteCodecs

/// What the browser says was signed: WebAuthn's `CollectedClientData`.
public struct PasskeyClientData: Sendable, Equatable {
    /// 32 bytes; to be the signing digest.
    public let challenge: [UInt8]

    /// Unknown members are allowed, a member named twice is not: readers would differ on it.
    ///
    /// - Parameter json: the exact bytes whose hash was signed.
    init(json: [UInt8]) throws(SuiSignatureError) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(json)
        } catch {
            throw .passkeyClientData
        }
        let type = try Self.text("type", of: value)
        let challenge = try Self.text("challenge", of: value)
        // The network's reader demands an origin, whatever it says.
        _ = try Self.text("origin", of: value)
        guard type.isExactly("webauthn.get") else { throw .passkeyType }
        guard let bytes = try? Base64.decodeURL(challenge), bytes.count == 32 else {
            throw .passkeyChallenge
        }
        self.challenge = bytes
    }

    private static func text(
        _ name: String, of value: JSONValue
    ) throws(SuiSignatureError) -> String {
        guard case .object(let members) = value, case .string(let text)? = members[name] else {
            throw .passkeyClientData
        }
        return text
    }
}
