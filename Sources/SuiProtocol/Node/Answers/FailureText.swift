/// What a node's words about a failed transaction say of command and abort code. For people, and
/// to find the operation that spoiled a batch. Texts: `Docs/Sources.md#execution-failures`.
enum FailureText {
    static let limit = 500

    static func failure(_ message: String, abortCode: UInt64? = nil) -> NodeFailure {
        NodeFailure(
            message: String(decoding: message.utf8.prefix(limit), as: UTF8.self),
            abortCode: abortCode ?? code(in: message), command: command(in: message))
    }

    /// `… in command 3`, or `… in 4th command …`.
    private static func command(in message: String) -> Int? {
        if let text = rest(of: message, after: "in command ") {
            return Int(text.prefix { $0.isASCII && $0.isNumber })
        }
        let words = message.split(separator: " ")
        for (word, next) in zip(words, words.dropFirst()) where next.hasPrefix("command") {
            let ordinal = word.prefix { $0.isASCII && $0.isNumber }
            guard ["st", "nd", "rd", "th"].contains(word.dropFirst(ordinal.count)) else { continue }
            return Int(ordinal).flatMap { $0 > 0 ? $0 - 1 : nil }
        }
        return nil
    }

    /// `… Abort Code: 7 …`, or `MoveAbort(…, 7) …`.
    private static func code(in message: String) -> UInt64? {
        if let text = rest(of: message, after: "Abort Code: ") {
            return UInt64(text.prefix { $0.isASCII && $0.isNumber })
        }
        guard message.hasPrefix("MoveAbort("), let text = rest(of: message, after: "}, ") else {
            return nil
        }
        return UInt64(text.prefix { $0.isASCII && $0.isNumber })
    }

    /// After the last place where `mark` stands.
    private static func rest(of message: String, after mark: String) -> Substring? {
        let (text, mark) = (Array(message.utf8), Array(mark.utf8))
        guard text.count >= mark.count else { return nil }
        for start in (0...(text.count - mark.count)).reversed()
        where text[start..<(start + mark.count)].elementsEqual(mark) {
            return Substring(String(decoding: text[(start + mark.count)...], as: UTF8.self))
        }
        return nil
    }
}
