import ByteCodecs

/// A value on its way into an answer.
indirect enum GraphQLResult {
    case value(JSONValue)
    case node(any GraphQLNode)
    case list([any GraphQLNode])
    /// A list with gaps.
    case sparse([(any GraphQLNode)?])

    static var null: GraphQLResult { .value(.null) }

    static func maybe(_ node: (any GraphQLNode)?) -> GraphQLResult {
        node.map { .node($0) } ?? .null
    }
}

/// An object of the schema. Fields it does not know are no part of ``GraphQLSchema``.
protocol GraphQLNode {
    var typeName: String { get }
    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult
}

/// A node made of given values.
struct GraphQLRecord: GraphQLNode {
    let typeName: String
    let fields: [String: GraphQLResult]

    init(_ typeName: String, _ fields: [String: GraphQLResult]) {
        self.typeName = typeName
        self.fields = fields
    }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        fields[field] ?? .null
    }
}
