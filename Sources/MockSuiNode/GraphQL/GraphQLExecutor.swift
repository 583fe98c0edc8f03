import ByteCodecs

/// Puts together exactly what was selected.
struct GraphQLExecutor {
    let variables: JSONObject

    func object(
        _ selections: [GraphQLSelection], of node: any GraphQLNode
    ) throws(GraphQLError) -> JSONValue {
        var answer = JSONObject()
        try add(selections, of: node, to: &answer)
        return .object(answer)
    }

    private func add(
        _ selections: [GraphQLSelection], of node: any GraphQLNode, to answer: inout JSONObject
    ) throws(GraphQLError) {
        for selection in selections {
            switch selection {
            case .fragment(let type, let inner):
                guard type == nil || type == node.typeName else { continue }
                try add(inner, of: node, to: &answer)
            case .field(let field) where field.name == "__typename":
                answer[field.key] = .string(node.typeName)
            case .field(let field):
                let arguments = GraphQLArguments(field, variables)
                let result = try node.resolve(field.name, arguments)
                answer[field.key] = try json(result, field.selections)
            }
        }
    }

    private func json(
        _ result: GraphQLResult, _ selections: [GraphQLSelection]
    ) throws(GraphQLError) -> JSONValue {
        switch result {
        case .value(let value): return value
        case .node(let node): return try object(selections, of: node)
        case .list(let nodes): return try array(nodes, selections)
        case .sparse(let nodes): return try array(nodes, selections)
        }
    }

    private func array(
        _ nodes: [(any GraphQLNode)?], _ selections: [GraphQLSelection]
    ) throws(GraphQLError) -> JSONValue {
        var elements: [JSONValue] = []
        for node in nodes {
            guard let node else {
                elements.append(.null)
                continue
            }
            elements.append(try object(selections, of: node))
        }
        return .array(elements)
    }
}
