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
        let rest = try candidates().clamped(to: (after.map { $0 + 1 } ?? 0)..<Int.max)
        let shown = rest.prefix(first)
        let info = GraphQLRecord.pageInfo(
            hasNext: shown.count < rest.count, hasPrevious: after != nil,
            start: shown.first.map(PageCursor.text), end: shown.last.map(PageCursor.text))
        let nodes = shown.map { TransactionNode(view.ledger.transactions[$0], view) }
        let edges = zip(shown, nodes).map { place, node in
            GraphQLRecord(
                "TransactionEdge",
                ["cursor": .value(.string(PageCursor.text(place))), "node": .node(node)])
        }
        return GraphQLRecord(
            "TransactionConnection",
            ["nodes": .list(nodes), "edges": .list(edges), "pageInfo": .node(info)])
    }

    private func candidates() throws(GraphQLError) -> RisingIndices {
        let filter = try arguments.object("filter") ?? GraphQLArguments(JSONObject())
        try filter.only([
            "affectedAddress", "sentAddress", "affectedObject", "afterCheckpoint", "atCheckpoint",
            "beforeCheckpoint",
        ])
        var window = try CheckpointWindow(filter)
        if let checkpoint { window.narrow(at: checkpoint) }
        let sender = try filter.address("sentAddress")
        let affected = try filter.address("affectedAddress")
        guard let id = try filter.address("affectedObject") else {
            guard sender == nil || affected == nil || sender == affected else {
                throw .input("Not supported here: sentAddress with another affectedAddress")
            }
            return view.transactions(sentBy: sender, affecting: affected, in: window)
        }
        guard sender == nil, affected == nil else {
            throw .input("Not supported here: affectedObject with an address")
        }
        let versions = (view.ledger.versions[id] ?? []).map(\.transaction)
        return RisingIndices(versions[...]).clamped(to: view.transactions(in: window))
    }
}
