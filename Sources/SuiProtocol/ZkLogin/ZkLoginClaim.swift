import ByteCodecs

/// The `iss` claim, cut out of a token's Base64url payload without the rest of it.
///
/// The cut goes by characters, so the first and the last may carry bits of the neighbouring
/// claims; `index_mod_4` says where in a group of four characters the cut began.
/// Source: `Docs/Sources.md#zklogin`.
enum ZkLoginClaim {
    /// The issuer, with the one alias that Google uses brought to its normal form.
    static func issuer(fragment: String, indexMod4: UInt8) throws(SuiSignatureError) -> String {
        let claim = try decode(fragment, from: Int(indexMod4))
        guard claim.last == UInt8(ascii: ",") || claim.last == UInt8(ascii: "}") else {
            throw .zkLoginIss
        }
        let object = [UInt8(ascii: "{")] + claim.dropLast() + [UInt8(ascii: "}")]
        guard case .object(let members)? = try? JSONValue.parse(object), members.count == 1,
            case .string(let issuer)? = members["iss"], (1...255).contains(issuer.utf8.count)
        else { throw .zkLoginIss }
        return issuer.isExactly("accounts.google.com") ? "https://accounts.google.com" : issuer
    }

    /// The whole bytes that the characters spell; foreign bits at both ends are dropped.
    private static func decode(
        _ fragment: String, from index: Int
    ) throws(SuiSignatureError) -> [UInt8] {
        let characters = fragment.utf8
        guard (0...2).contains(index), characters.count >= 2,
            (index + characters.count) % 4 != 1
        else { throw .zkLoginIss }
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bitCount = index * 6 % 8  // What characters before the cut leave over.
        for character in characters {
            guard let value = sextet(character) else { throw .zkLoginIss }
            buffer = buffer << 6 | value
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bitCount)))
        }
        return Array(bytes.dropFirst(index == 0 ? 0 : 1))  // One that is not whole.
    }

    private static func sextet(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) - 48 + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
