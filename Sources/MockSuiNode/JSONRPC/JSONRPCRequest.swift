import ByteCodecs

/// A call in JSON-RPC 2.0.
struct JSONRPCRequest: WireRequest {
    private let parsed: Result<Call, JSONRPCError>

    private struct Call {
        let id: JSONValue
        let method: String
        let parameters: JSONValue
    }

    init(_ body: [UInt8]) {
        parsed = Result { () throws(JSONRPCError) in try Self.parse(body) }
    }

    private static func parse(_ body: [UInt8]) throws(JSONRPCError) -> Call {
        guard let value = try? JSONValue.parse(body) else { throw .parse }
        if case .array = value { throw .batch }
        guard case .object(let object) = value, object["jsonrpc"] == "2.0",
            let method = object["method"]?.string
        else { throw .invalidRequest }
        return Call(
            id: object["id"] ?? .null, method: method, parameters: object["params"] ?? [])
    }

    var questions: [NodeQuestion] {
        guard case .success(let call) = parsed else { return [] }
        return [
            NodeQuestion(
                operation: JSONRPCService.operations[call.method] ?? .unknown,
                method: call.method)
        ]
    }

    var transactionBytes: [UInt8]? {
        guard case .success(let call) = parsed, call.method == "sui_executeTransactionBlock",
            let text = call.parameters.elements?.first?.string
        else { return nil }
        return try? Base64.decode(text)
    }

    func answer(_ core: inout NodeCore, _ faults: StruckFaults) -> MockAnswer {
        var answer = ["jsonrpc": "2.0", "id": .null] as JSONObject
        do throws(JSONRPCError) {
            let call = try parsed.get()
            answer["id"] = call.id
            answer["result"] = try JSONRPCService.call(
                call.method, call.parameters, &core, faults)
        } catch {
            answer["error"] = ["code": .integer(error.code), "message": .string(error.message)]
        }
        return MockAnswer(
            status: 200, "application/json", JSONValue.object(answer).serialized())
    }
}
