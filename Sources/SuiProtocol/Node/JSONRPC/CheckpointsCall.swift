public import ByteCodecs
public import Determinism

/// A page of checkpoints with the digests of what is in them, oldest first.
public struct CheckpointsCall: JSONRPCCall {
    public static let method = "sui_getCheckpoints"
    /// The service's own.
    public static let limit = 100

    private let first: Int64
    private let count: Int

    /// - Parameter count: at most ``limit``.
    public init(from first: Int64, count: Int) {
        self.first = first
        self.count = count
    }

    /// The cursor is the last one that is not wanted.
    public var parameters: [JSONValue] {
        [first > 0 ? .string("\(first - 1)") : .null, .integer(Int64(count)), false]
    }

    public struct Page: Sendable {
        public let checkpoints: [ListedCheckpoint]
        public let hasNext: Bool
    }

    /// Without a gap, from ``init(from:count:)`` on or, where that is no longer kept, later.
    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> Page {
        let page = try AnswerObject(result, "result")
        var checkpoints: [ListedCheckpoint] = []
        for entry in try page.objects("data").prefix(count) {
            let checkpoint = try ListedCheckpoint(entry)
            let expected = checkpoints.last.map { $0.sequence + 1 } ?? checkpoint.sequence
            guard checkpoint.sequence == expected, checkpoint.sequence >= first else {
                throw .unusable("checkpoints with a gap")
            }
            checkpoints.append(checkpoint)
        }
        return Page(checkpoints: checkpoints, hasNext: try page.bool("hasNextPage"))
    }
}

/// A checkpoint and the digests of its transactions, in the chain's order.
public struct ListedCheckpoint: Sendable {
    public let sequence: Int64
    public let epoch: UInt64
    public let at: Timestamp
    public let transactions: [TransactionDigest]

    init(_ answer: AnswerObject) throws(NodeAnswerFault) {
        sequence = try answer.sequence("sequenceNumber")
        epoch = try answer.epoch("epoch")
        at = try answer.milliseconds("timestampMs")
        var digests: [TransactionDigest] = []
        for text in try answer.list("transactions") {
            digests.append(try AnswerObject(["digest": text], "transaction").digest("digest"))
        }
        transactions = digests
    }
}

/// One checkpoint; nil where the node has not got it.
public struct CheckpointCall: JSONRPCCall {
    public static let method = "sui_getCheckpoint"
    /// Codes of an answer that there is none.
    private static let absent: Set<String> = ["error -32602", "error -32000"]

    private let sequence: Int64

    public init(_ sequence: Int64) {
        self.sequence = sequence
    }

    public var parameters: [JSONValue] { [.string("\(sequence)")] }

    public func answer(in body: [UInt8]) throws(NodeAnswerFault) -> ListedCheckpoint? {
        do throws(NodeAnswerFault) {
            return try answer(from: try JSONRPCBody.result(in: body))
        } catch {
            switch error {
            case .refused: return nil
            case .unusable(let why) where Self.absent.contains(why): return nil
            case .unusable: throw error
            }
        }
    }

    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> ListedCheckpoint? {
        let checkpoint = try ListedCheckpoint(try AnswerObject(result, "result"))
        guard checkpoint.sequence == sequence else { throw .unusable("another checkpoint") }
        return checkpoint
    }
}
