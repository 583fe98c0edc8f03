import ByteCodecs
import SuiProtocol

/// Transactions of the network or of one checkpoint, in the order of the chain.
struct TransactionList {
    let view: LedgerView
    let arguments: GraphQLArguments
    var checkpoint: Int?

    func connection() throws(GraphQLError) -> GraphQLRecord {
        let first = try PageCursor.first(arguments)
        let after = try PageCursor.place(arguments.string("after"))
        let rest = try candidates().drop { place in after.map { place <= $0 } ?? false }
        let shown = rest.prefix(first)
        let info = GraphQLRecord.pageInfo(
            hasNext: shown.count < rest.count, hasPrevious: after != nil,
            start: shown.first.map(PageCursor.text), end: shown.last.map(PageCursor.text))
        return GraphQLRecord(
            "TransactionConnection",
            [
                "nodes": .list(shown.map { TransactionNode(view.ledger.transactions[$0], view) }),
                "pageInfo": .node(info),
            ])
    }

    private func candidates() throws(GraphQLError) -> [Int] {
        let filter = try arguments.object("filter") ?? GraphQLArguments(JSONObject())
        try filter.only([
            "affectedAddress", "sentAddress", "affectedObject", "afterCheckpoint", "atCheckpoint",
            "beforeCheckpoint",
        ])
        var window = try CheckpointWindow(filter)
        if let checkpoint { window.narrow(at: checkpoint) }
        let seen = view.transactions(in: window)
        if let sender = try filter.address("sentAddress") {
            return (view.ledger.affecting[sender] ?? []).filter {
                seen.contains($0) && view.ledger.transactions[$0].sender == sender
            }
        }
        if let id = try filter.address("affectedObject") {
            return (view.ledger.versions[id] ?? []).map(\.transaction).filter(seen.contains)
        }
        guard let address = try filter.address("affectedAddress") else { return Array(seen) }
        return (view.ledger.affecting[address] ?? []).filter(seen.contains)
    }
}
