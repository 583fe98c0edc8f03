public import ByteCodecs
import Determinism

/// A page of the events of some checkpoints whose types a module defines, oldest first.
///
/// One stream for all types of the module, so that its order is the chain's. Cursors are asked for
/// with the events: a page that is not in the order of its own cursors shows in their ends.
public struct EventsQuery: GraphQLQuery {
    public static let document = """
        query Events($type: String!, $after: String, $from: UInt53, $before: UInt53!, \
        $last: UInt53!) { chainIdentifier serviceConfig { availableRange(type: "Query", \
        field: "events") { first { sequenceNumber } last { sequenceNumber } } } \
        \(GraphQLFragments.window) events(first: 50, after: $after, filter: { type: $type, \
        afterCheckpoint: $from, beforeCheckpoint: $before }) { pageInfo { hasNextPage startCursor \
        endCursor } edges { cursor node { \(GraphQLFragments.event) transaction { digest \
        effects { status lamportVersion checkpoint { sequenceNumber timestamp } } } } } } }
        """

    private let module: EventModule
    private let range: ClosedRange<Int64>
    private let last: Int64
    private let after: String?

    /// - Parameters:
    ///   - last: a checkpoint whose epoch is wanted as well.
    ///   - after: ``NodePage/next`` of the page before; nil for the first.
    public init(
        _ module: EventModule, in range: ClosedRange<Int64>, last: Int64, after: String?
    ) {
        self.module = module
        self.range = range
        self.last = last
        self.after = after
    }

    public var variables: JSONObject {
        var variables = GraphQLWindow.variables(range, last: last, after: after)
        variables["type"] = .string("\(module.package)::\(module.module)")
        return variables
    }

    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> NodePage<NodeEvent> {
        let connection = try data.object("events")
        var events: [NodeEvent] = []
        var cursors: [String] = []
        for edge in try connection.objects("edges") {
            cursors.append(try edge.string("cursor"))
            events.append(try Self.event(try edge.object("node"), of: module))
        }
        let info = try connection.object("pageInfo")
        guard try info.optionalString("startCursor") == cursors.first,
            try info.optionalString("endCursor") == cursors.last
        else { throw .unusable("a page of events is not in its own order") }
        try ChainOrder.check(events, in: range)
        return try GraphQLWindow.page(
            events, info, available: try data.object("serviceConfig").range("availableRange"),
            after: after, data)
    }

    private static func event(
        _ node: AnswerObject, of module: EventModule
    ) throws(NodeAnswerFault) -> NodeEvent {
        let transaction = try node.object("transaction")
        let effects = try transaction.object("effects")
        guard try effects.string("status") == "SUCCESS" else {
            throw .unusable("an event of a transaction that failed")
        }
        let checkpoint = try effects.object("checkpoint")
        let contents = try node.object("contents")
        let type = try contents.object("type").type("repr")
        guard type.package == module.package, type.module == module.module else {
            throw .unusable("an event of another module")
        }
        return NodeEvent(
            transaction: try transaction.digest("digest"),
            sequence: try node.sequence("sequenceNumber"),
            checkpoint: try checkpoint.sequence("sequenceNumber"),
            at: try checkpoint.dateTime("timestamp"), type: type,
            bcs: try contents.bytes("bcs"),
            lamportVersion: try effects.optionalNumber("lamportVersion"))
    }
}
