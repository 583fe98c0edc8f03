public import ByteCodecs

/// Objects in their newest versions.
public struct ObjectsQuery: GraphQLQuery {
    /// So many ids fit into a query of 5000 bytes.
    public static let limit = 40

    public static let document = """
        query Objects($keys: [ObjectKey!]!) { chainIdentifier multiGetObjects(keys: $keys) { \
        address version digest \(GraphQLFragments.owner) asMoveObject { contents { type { repr } \
        bcs } } } }
        """

    private let ids: [ObjectID]

    /// - Parameter ids: at most ``limit``.
    public init(_ ids: [ObjectID]) {
        self.ids = ids
    }

    public var variables: JSONObject {
        ["keys": .array(ids.map { ["address": .string($0.description)] })]
    }

    /// Those that the service knows.
    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> [NodeObject] {
        let answers = try data.list("multiGetObjects")
        guard answers.count == ids.count else { throw .unusable("another number of answers") }
        var found: [NodeObject] = []
        for (id, answer) in zip(ids, answers) where answer != .null {
            let object = try Self.object(try AnswerObject(answer, "object"))
            guard object.reference.id == id else {
                throw .unusable("another object than the one asked for")
            }
            found.append(object)
        }
        return found
    }

    private static func object(_ answer: AnswerObject) throws(NodeAnswerFault) -> NodeObject {
        let contents = try answer.optionalObject("asMoveObject")?.object("contents")
        return NodeObject(
            reference: try answer.reference(), owner: try answer.owner(),
            type: try contents?.object("type").type("repr"), bcs: try contents?.bytes("bcs"))
    }
}
