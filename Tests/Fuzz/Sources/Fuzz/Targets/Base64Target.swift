import ByteCodecs

/// Every value has one text: what is decoded encodes to the very text it came from.
enum Base64Target {
    static func run(_ input: [UInt8]) {
        text(input)
        bytes(input)
    }

    private static func text(_ input: [UInt8]) {
        let standard = try? Base64.decode(utf8: input)
        if let standard {
            demand(Array(Base64.encode(standard).utf8) == input, "one text a value")
        }
        if let url = try? Base64.decodeURL(utf8: input) {
            demand(Array(Base64.encodeURL(url).utf8) == input, "one text a value, URL alphabet")
        }
        // The two forms differ only in two characters and the padding.
        let unpadded = input.prefix { $0 != UInt8(ascii: "=") }
        guard !unpadded.contains(where: { "-_".utf8.contains($0) }) else { return }
        let translated = unpadded.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        if let standard {
            demand((try? Base64.decodeURL(utf8: translated)) == standard, "both alphabets agree")
        }
    }

    private static func bytes(_ input: [UInt8]) {
        demand((try? Base64.decode(Base64.encode(input))) == input, "decodes what it encodes")
        demand((try? Base64.decodeURL(Base64.encodeURL(input))) == input, "likewise for URLs")
    }
}
