/// One question to a node in one wire format, and how its answer is read. Pure: whoever sends it
/// brings the limits of time and size.
public protocol NodeMessage: Sendable {
    associatedtype Answer: Sendable

    /// The body of the POST, `application/json`.
    var requestBody: [UInt8] { get }

    /// - Parameter body: any bytes at all.
    func answer(in body: [UInt8]) throws(NodeAnswerFault) -> Answer
}

/// Why an answer is none.
public enum NodeAnswerFault: Error, Hashable, Sendable {
    /// The node understood and refuses: its words, at most ``wordLimit`` bytes.
    case refused(String)
    /// Nothing that was asked for, or not in its form. Holds nothing the node said.
    case unusable(String)

    /// Bytes of a node's words that are kept.
    public static let wordLimit = 200

    static func refusal(_ words: String) -> NodeAnswerFault {
        .refused(String(decoding: words.utf8.prefix(wordLimit), as: UTF8.self))
    }
}
