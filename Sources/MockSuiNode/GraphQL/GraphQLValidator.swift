import ByteCodecs

/// Holds a document to the schema before anything is answered.
struct GraphQLValidator {
    let schema: GraphQLSchema
    let document: GraphQLDocument

    func validate() throws(GraphQLError) {
        try check(document.selections, on: document.isMutation ? "Mutation" : "Query")
    }

    /// The variables with their standard values; those that must be given are.
    func variables(_ given: JSONValue) throws(GraphQLError) -> JSONObject {
        guard case .object(var variables) = given.isNull ? [:] : given else {
            throw .input("variables are not an object")
        }
        for variable in document.variables {
            if variables[variable.name] == nil { variables[variable.name] = variable.standard }
            guard variable.type.hasSuffix("!") else { continue }
            guard let value = variables[variable.name], !value.isNull else {
                throw .validation("Variable \"$\(variable.name)\" is required")
            }
        }
        return variables
    }

    private func check(
        _ selections: [GraphQLSelection], on type: String
    ) throws(GraphQLError) {
        for selection in selections {
            switch selection {
            case .field(let field): try check(field, on: type)
            case .fragment(let condition, let inner):
                guard let condition, schema.isFragment(condition, possibleOn: type) else {
                    throw .validation("Fragment cannot be spread on type \"\(type)\"")
                }
                try check(inner, on: condition)
            }
        }
    }

    private func check(_ field: GraphQLField, on type: String) throws(GraphQLError) {
        guard let known = schema.field(field.name, of: type) else {
            throw .validation("Unknown field \"\(field.name)\" on type \"\(type)\"")
        }
        for argument in field.arguments {
            guard known.arguments.contains(where: { $0.name == argument.name }) else {
                throw .validation(
                    "Unknown argument \"\(argument.name)\" on field \"\(field.name)\" of type "
                        + "\"\(type)\"")
            }
            try checkVariables(of: argument.value)
        }
        for argument in known.arguments where argument.isRequired {
            guard field.arguments.contains(where: { $0.name == argument.name }) else {
                throw .validation(
                    "Field \"\(field.name)\" argument \"\(argument.name)\" is required")
            }
        }
        guard (known.type == nil) == field.selections.isEmpty else {
            throw .validation("Field \"\(field.name)\" has a wrong selection")
        }
        if let inner = known.type { try check(field.selections, on: inner) }
    }

    private func checkVariables(of value: GraphQLValue) throws(GraphQLError) {
        switch value {
        case .variable(let name):
            guard document.variables.contains(where: { $0.name == name }) else {
                throw .validation("Variable \"$\(name)\" is not defined")
            }
        case .constant: break
        case .list(let elements): for element in elements { try checkVariables(of: element) }
        case .object(let members): for member in members { try checkVariables(of: member.value) }
        }
    }
}
