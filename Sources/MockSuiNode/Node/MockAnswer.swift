/// What is sent back, and how badly.
public struct MockAnswer: Sendable {
    public enum Delivery: Sendable, Equatable {
        case whole
        /// The head and half of the body, then the connection ends.
        case half
        /// The connection ends without a byte.
        case nothing
    }

    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    public internal(set) var delivery = Delivery.whole
    /// To be waited before anything is sent, or the connection is ended.
    public internal(set) var delayMilliseconds: Int64 = 0

    init(
        status: Int, _ type: String, headers: [(name: String, value: String)] = [], _ body: [UInt8]
    ) {
        self.status = status
        self.headers = [(name: "Content-Type", value: type)] + headers
        self.body = body
    }

    static func silence(after delay: Int64 = 0) -> MockAnswer {
        var answer = MockAnswer(status: 500, "text/plain", [])
        answer.delivery = .nothing
        answer.delayMilliseconds = delay
        return answer
    }
}
