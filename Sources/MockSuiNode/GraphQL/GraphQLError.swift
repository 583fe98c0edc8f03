import ByteCodecs

/// An error in GraphQL's answer.
struct GraphQLError: Error, Equatable {
    enum Code: String {
        case badUserInput = "BAD_USER_INPUT"
        case parseFailed = "GRAPHQL_PARSE_FAILED"
        case validationFailed = "GRAPHQL_VALIDATION_FAILED"
        case internalError = "INTERNAL_SERVER_ERROR"
    }

    let code: Code
    let message: String

    static func input(_ message: String) -> GraphQLError {
        GraphQLError(code: .badUserInput, message: message)
    }

    static func parse(_ message: String) -> GraphQLError {
        GraphQLError(code: .parseFailed, message: message)
    }

    static func validation(_ message: String) -> GraphQLError {
        GraphQLError(code: .validationFailed, message: message)
    }

    var json: JSONValue {
        ["message": .string(message), "extensions": ["code": .string(code.rawValue)]]
    }
}
