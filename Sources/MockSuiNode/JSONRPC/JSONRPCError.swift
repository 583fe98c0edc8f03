import ByteCodecs

/// A refusal in JSON-RPC; codes as in `Docs/Sources.md#json-rpc`.
struct JSONRPCError: Error {
    let code: Int64
    let message: String

    static let parse = JSONRPCError(code: -32700, message: "Parse error")
    static let invalidRequest = JSONRPCError(code: -32600, message: "Invalid request")
    static let batch = JSONRPCError(
        code: -32005, message: "Batched requests are not supported by this server")
    static let noMethod = JSONRPCError(code: -32601, message: "Method not found")
    static let unwell = JSONRPCError(code: -32603, message: "Internal error")

    static func parameters(_ what: String) -> JSONRPCError {
        JSONRPCError(code: -32602, message: "Invalid params: \(what)")
    }

    /// The client's fault, found when the transaction was looked at.
    static func refused(_ text: String) -> JSONRPCError {
        JSONRPCError(code: -32002, message: text)
    }
}
