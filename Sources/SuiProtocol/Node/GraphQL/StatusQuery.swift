public import ByteCodecs

/// The network, its epoch, and how far the service's index has come.
public struct StatusQuery: GraphQLQuery {
    public static let document = """
        query Status { chainIdentifier epoch { epochId referenceGasPrice } \
        checkpoint { sequenceNumber timestamp } serviceConfig { \
        events: availableRange(type: "Query", field: "events") { first { sequenceNumber } \
        last { sequenceNumber } } transactions: availableRange(type: "Query", \
        field: "transactions") { first { sequenceNumber } last { sequenceNumber } } } }
        """

    public init() {}

    public var variables: JSONObject { [:] }

    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> NodeStatus {
        let epoch = try data.object("epoch")
        let checkpoint = try data.object("checkpoint")
        let service = try data.object("serviceConfig")
        let events = try service.range("events")
        let transactions = try service.range("transactions")
        let tip = try checkpoint.sequence("sequenceNumber")
        return NodeStatus(
            chain: try data.string("chainIdentifier"),
            epoch: NodeEpoch(
                number: try epoch.epoch("epochId"),
                referenceGasPrice: try epoch.number("referenceGasPrice")),
            tip: tip, tipAt: try checkpoint.dateTime("timestamp"),
            indexed: min(tip, events.upperBound, transactions.upperBound),
            firstAvailable: max(events.lowerBound, transactions.lowerBound))
    }
}

extension AnswerObject {
    /// An `AvailableRange`.
    func range(_ name: String) throws(NodeAnswerFault) -> ClosedRange<Int64> {
        let range = try object(name)
        let first = try range.object("first").sequence("sequenceNumber")
        let last = try range.object("last").sequence("sequenceNumber")
        guard first <= last else { throw .unusable("\(name) is no range") }
        return first...last
    }
}
