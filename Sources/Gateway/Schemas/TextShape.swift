/// What a text must look like: a fixed start, then so many characters of one alphabet.
///
/// Deliberately less than a regular expression: checking takes one pass over the text, so no
/// client can make it slow, and the expression in the document follows from the same facts.
struct TextShape: Sendable {
    var prefix = ""
    var alphabet: Alphabet
    /// Characters behind the prefix, counted as Unicode code points like JSON Schema does.
    var length: ClosedRange<Int>
    /// One character at least must be of this alphabet, where there is one.
    var required: Alphabet?
    /// What of this shape is any good, where we know: for the document only.
    var documentedValues: [String] = []

    /// The shape as ECMA-262 expression.
    var pattern: String {
        let needed = required.map { "(?=[\(alphabet.expression)]*[\($0.expression)])" } ?? ""
        return "^\(prefix)\(needed)[\(alphabet.expression)]"
            + "{\(length.lowerBound),\(length.upperBound)}$"
    }

    var minimumLength: Int { prefix.unicodeScalars.count + length.lowerBound }
    var maximumLength: Int { prefix.unicodeScalars.count + length.upperBound }

    func accepts(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard scalars.starts(with: prefix.unicodeScalars) else { return false }
        var count = 0
        var isFound = required == nil
        for scalar in scalars.dropFirst(prefix.unicodeScalars.count) {
            count += 1
            guard count <= length.upperBound, alphabet.contains(scalar) else { return false }
            isFound = isFound || required?.contains(scalar) ?? true
        }
        return isFound && count >= length.lowerBound
    }
}

extension TextShape {
    /// A wallet's address, short or long, in either case.
    static let address = TextShape(prefix: "0x", alphabet: .hexadecimal, length: 1...64)

    /// What we make ourselves has 32 characters; anything else is merely unknown.
    static let nonce = TextShape(alphabet: .visible, length: 1...128)

    /// Base64 of the longest signature we can be asked to look at stays far below the body limit.
    static let signature = TextShape(alphabet: .printable, length: 1...60_000)

    /// A refresh token, an access token or a challenge token in a member or a header.
    static let token = TextShape(alphabet: .visible, length: 1...4096)

    static let displayName = TextShape(alphabet: .name, length: 1...64, required: .inked)

    /// A position in a list, as ``ListCursor`` writes it: every text of this shape is one.
    static let cursor = TextShape(alphabet: .lowerHexadecimal, length: 48...48)

    /// An object on chain, as we write it.
    static let objectID = TextShape(prefix: "0x", alphabet: .lowerHexadecimal, length: 64...64)

    /// Base58 of 32 bytes.
    static let digest = TextShape(alphabet: .base58, length: 32...44)

    /// Base64 of a transaction, or what somebody takes for it.
    static let transaction = TextShape(alphabet: .visible, length: 1...60_000)

    static let description = TextShape(alphabet: .printable, length: 1...500)

    /// What a billing system calls an invoice.
    static let invoiceID = TextShape(alphabet: .visible, length: 1...128)

    static let edge = TextShape(alphabet: .word, length: 1...64)

    /// What an edge calls an event.
    static let eventID = TextShape(alphabet: .visible, length: 1...128)

    static let problemCode = TextShape(
        alphabet: .snakeCase, length: 1...64,
        documentedValues: ProblemCode.allCases.map(\.rawValue))

    /// - Parameter served: the one chain of this gateway; others are well-formed but refused.
    static func chain(served: String) -> TextShape {
        TextShape(alphabet: .chainID, length: 1...64, documentedValues: [served])
    }
}
