import ByteCodecs
import SuiProtocol

extension JSONRPCReader {
    private static let pageLimit = 100

    func checkpoint(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        let text = try parameters.string(0, "id")
        let view = checkpoints
        let found = Int(text).flatMap(view.checkpoint(_:)) ?? view.checkpoint(named: text)
        guard let found, !faults.has(.notFound), found.sequence >= view.firstAvailable else {
            throw .refused("Verified checkpoint not found for \(text)")
        }
        return json(found, view)
    }

    /// The cursor is the number of the last checkpoint shown.
    func checkpoints(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        let view = checkpoints
        let isDescending = parameters[2] == true
        var range = view.firstAvailable..<(view.checkpoint.sequence + 1)
        if !parameters[0].isNull {
            guard let cursor = parameters[0].unsigned.map({ Int(clamping: $0) }), cursor < .max
            else {
                throw .parameters("cursor")
            }
            range = range.clamped(to: isDescending ? 0..<cursor : (cursor + 1)..<Int.max)
        }
        let limit = try parameters.limit(1, most: Self.pageLimit)
        let shown = isDescending ? range.suffix(limit).reversed() : Array(range.prefix(limit))
        return [
            "data": .array(shown.map { json(view.ledger.checkpoints[$0], view) }),
            "nextCursor": shown.last.map { $0.text } ?? .null,
            "hasNextPage": .bool(shown.count < range.count),
        ]
    }

    private func json(_ checkpoint: LedgerCheckpoint, _ view: LedgerView) -> JSONValue {
        let previous =
            checkpoint.sequence == 0 ? nil : view.checkpoint(checkpoint.sequence - 1)?.digest
        return [
            "epoch": checkpoint.epoch.text, "sequenceNumber": checkpoint.sequence.text,
            "digest": .string(checkpoint.digest.description),
            "networkTotalTransactions": checkpoint.transactions.upperBound.text,
            "previousDigest": previous.map { .string($0.description) } ?? .null,
            "timestampMs": checkpoint.timestamp.text,
            "transactions": .array(
                view.ledger.transactions[checkpoint.transactions].map {
                    .string($0.digest.description)
                }),
            "checkpointCommitments": [],
        ]
    }
}
