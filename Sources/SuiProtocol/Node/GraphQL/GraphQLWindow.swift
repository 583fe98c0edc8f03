import ByteCodecs

/// What lists by checkpoint have in common.
enum GraphQLWindow {
    /// Bounds are exclusive on the wire.
    static func variables(
        _ range: ClosedRange<Int64>, last: Int64, after: String?
    ) -> JSONObject {
        [
            "after": after.map { .string($0) } ?? .null,
            "from": range.lowerBound > 0 ? .integer(range.lowerBound - 1) : .null,
            "before": .integer(range.upperBound + 1), "last": .integer(last),
        ]
    }

    /// - Parameter after: where this page began.
    static func page<Element>(
        _ elements: [Element], _ info: AnswerObject, available: ClosedRange<Int64>,
        after: String?, _ data: AnswerObject
    ) throws(NodeAnswerFault) -> NodePage<Element> {
        let checkpoint = try data.optionalObject("checkpoint")
        let head = try checkpoint.map { checkpoint throws(NodeAnswerFault) in
            NodeCheckpointHead(
                epoch: try checkpoint.object("epoch").epoch("epochId"),
                at: try checkpoint.dateTime("timestamp"))
        }
        return NodePage(
            elements: elements, next: try next(info, after: after), available: available,
            head: head)
    }

    /// Where the next page begins; refuses a list that would go round in circles.
    static func next(
        _ info: AnswerObject, after: String?
    ) throws(NodeAnswerFault) -> String? {
        guard try info.bool("hasNextPage") else { return nil }
        let next = try info.string("endCursor")
        guard next != after else { throw .unusable("a list does not go on") }
        return next
    }
}
