/// What a value may be, in words for the page for people.
struct ValueDescription {
    let schema: Schema

    var text: String {
        switch schema {
        case .text(let shape): "\(length(of: shape)) \(shape.alphabet.words)"
        case .choice(let values): values.joined(separator: ", ")
        case .time: "RFC 3339, UTC, milliseconds"
        case .uuid: "UUIDv7"
        case .integer(let range): "\(range.lowerBound)\u{2009}–\u{2009}\(range.upperBound)"
        case .amount(.moving): "micro-USDC in decimal digits, more than zero"
        case .amount(.any): "micro-USDC in decimal digits"
        case .nullable(let schema): "\(ValueDescription(schema: schema).text), or null"
        case .list(let element, let limit):
            "up to \(limit): \(ValueDescription(schema: element).text)"
        case .named(_, let schema): ValueDescription(schema: schema).text
        case .freeText, .flag, .anything, .object, .variants, .map: schema.typeName
        }
    }

    private func length(of shape: TextShape) -> String {
        let (low, high) = (shape.length.lowerBound, shape.length.upperBound)
        let count = low == high ? "\(high)" : "\(low) to \(high)"
        return shape.prefix.isEmpty ? count : "\(shape.prefix) and \(count)"
    }
}

extension Alphabet {
    fileprivate var words: String {
        switch self {
        case .hexadecimal: "hex digits"
        case .lowerHexadecimal: "lower-case hex digits"
        case .word: "of A-Z, a-z, 0-9, _ -"
        case .snakeCase: "of a-z, 0-9, _"
        case .chainID: "of A-Z, a-z, 0-9, : _ -"
        case .base58: "Base58 characters"
        case .visible: "visible ASCII characters"
        case .printable: "characters, no control characters"
        case .name: "characters, none that controls or turns the text, not all blank"
        case .inked: "characters that can be seen"
        }
    }
}
