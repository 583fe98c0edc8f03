import ByteCodecs
import SuiProtocol

/// `Query.events`: oldest first, by type, module, sender and checkpoints.
struct EventList {
    let view: LedgerView
    let arguments: GraphQLArguments
    let faults: StruckFaults

    func connection() throws(GraphQLError) -> GraphQLRecord {
        var query = try filtered()
        query.limit = try PageCursor.first(arguments)
        query.after = try PageCursor.place(arguments.string("after"))
        let page = view.events(query)
        let shown = faults.spoil(page.events)
        let info = GraphQLRecord.pageInfo(
            hasNext: page.hasNext, hasPrevious: query.after != nil,
            start: page.events.first.map(PageCursor.text),
            end: page.events.last.map(PageCursor.text))
        let nodes = shown.map { EventNode(view.ledger.events[$0], view) }
        let edges = zip(shown, nodes).map { place, node in
            GraphQLRecord(
                "EventEdge",
                ["cursor": .value(.string(PageCursor.text(place))), "node": .node(node)])
        }
        return GraphQLRecord(
            "EventConnection",
            ["nodes": .list(nodes), "edges": .list(edges), "pageInfo": .node(info)])
    }

    private func filtered() throws(GraphQLError) -> EventQuery {
        var query = EventQuery()
        guard let filter = try arguments.object("filter") else { return query }
        try filter.only([
            "type", "module", "sender", "afterCheckpoint", "atCheckpoint", "beforeCheckpoint",
        ])
        query.window = try CheckpointWindow(filter)
        query.sender = try filter.address("sender")
        let type = try filter.string("type")
        let module = try filter.string("module")
        guard type == nil || module == nil else { throw .input("both type and module") }
        if let type {
            guard let known = EventTypeFilter(type) else { throw .input("type is none") }
            query.type = known
        }
        if let module {
            switch EventTypeFilter(module) {
            case .package(let package)?: query.callee = (package, nil)
            case .module(let package, let name)?: query.callee = (package, name)
            default: throw .input("module is none")
            }
        }
        return query
    }
}

extension CheckpointWindow {
    init(_ filter: GraphQLArguments) throws(GraphQLError) {
        if let bound = try filter.integer("afterCheckpoint") { narrow(after: bound) }
        if let bound = try filter.integer("beforeCheckpoint") { narrow(before: bound) }
        if let bound = try filter.integer("atCheckpoint") { narrow(at: bound) }
    }
}
