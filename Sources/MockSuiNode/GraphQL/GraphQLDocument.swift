import ByteCodecs

/// The one operation of a query document; fragments are written inline.
struct GraphQLDocument {
    struct Variable {
        let name: String
        /// As written, `[Base64!]!`.
        let type: String
        let standard: JSONValue?
    }

    let isMutation: Bool
    let variables: [Variable]
    let selections: [GraphQLSelection]
}

indirect enum GraphQLSelection {
    case field(GraphQLField)
    /// `... on Type { }`.
    case fragment(type: String?, [GraphQLSelection])
}

struct GraphQLField {
    let alias: String?
    let name: String
    let arguments: [GraphQLMember]
    let selections: [GraphQLSelection]

    var key: String { alias ?? name }
}

/// An argument, or a member of an input object.
struct GraphQLMember {
    let name: String
    let value: GraphQLValue
}

indirect enum GraphQLValue {
    case variable(String)
    case constant(JSONValue)
    case list([GraphQLValue])
    case object([GraphQLMember])

    /// - Returns: nil where it is a variable that was not given.
    func resolved(_ variables: JSONObject) -> JSONValue? {
        switch self {
        case .variable(let name): variables[name]
        case .constant(let value): value
        case .list(let elements): .array(elements.map { $0.resolved(variables) ?? .null })
        case .object(let members):
            .object(
                JSONObject(
                    members.compactMap { member in
                        member.value.resolved(variables).map { (member.name, $0) }
                    }))
        }
    }
}
