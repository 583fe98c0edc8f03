import ByteCodecs
import SuiProtocol

/// Two bytes with the message's length, the message, then a signature: its bytes, or its Base64
/// text. No mutation may make a signature count for another message or another address.
enum SignatureTarget {
    static func run(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        let length = Int(input[0]) << 8 | Int(input[1])
        let message = Array(input.dropFirst(2).prefix(length))
        let rest = Array(input.dropFirst(2 + message.count))
        if let text = String(validating: rest, as: UTF8.self),
            let signature = try? SuiSignature.parse(base64: text)
        {
            judge(signature, message)
        }
        let parsed = try? SuiSignature.parse(rest)
        demand(
            parsed == (try? SuiSignature.parse(base64: Base64.encode(rest))),
            "bytes and text are one signature")
        if let parsed {
            demand(SignatureScheme(flag: rest[0]) == parsed.scheme, "the flag names the scheme")
            judge(parsed, message)
        }
    }

    private static func judge(_ signature: SuiSignature, _ message: [UInt8]) {
        demand((1...2).contains(signature.addresses.count), "somebody it can sign for")
        for address in signature.addresses {
            let read = try? SuiAddress(parsing: address.description)
            demand(read == address, "one text an address")
            let verdict = try? signature.verify(.personalMessage(message), by: address)
            guard verdict != nil else { continue }
            let longer = Intent.personalMessage(message + [0])
            demand((try? signature.verify(longer, by: address)) == nil, "only this message")
            let moved = Intent.transaction(message)
            demand((try? signature.verify(moved, by: address)) == nil, "only this purpose")
            guard let other = try? SuiAddress(bytes: address.bytes.map { $0 ^ 1 }) else { continue }
            let foreign = try? signature.verify(.personalMessage(message), by: other)
            demand(foreign == nil, "only this address")
        }
    }
}
