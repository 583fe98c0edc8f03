public import ByteCodecs

/// A call of a node's JSON-RPC service. Methods and forms: `Docs/Sources.md#json-rpc`.
public protocol JSONRPCCall: NodeMessage {
    associatedtype Answer

    static var method: String { get }
    /// In their order.
    var parameters: [JSONValue] { get }

    func answer(from result: JSONValue) throws(NodeAnswerFault) -> Answer
}

extension JSONRPCCall {
    public var requestBody: [UInt8] {
        let body: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": .string(Self.method),
            "params": .array(parameters),
        ]
        return body.serialized()
    }

    public func answer(in body: [UInt8]) throws(NodeAnswerFault) -> Answer {
        try answer(from: try JSONRPCBody.result(in: body))
    }
}

/// What all answers have in common.
enum JSONRPCBody {
    /// The transaction cannot be run, by the client's fault.
    private static let refused: Int64 = -32002
    /// Anybody's events are in it as JSON too, nested as deeply as Move allows.
    private static let limits = JSONLimits(depth: 256, values: 2_000_000)

    static func result(in body: [UInt8]) throws(NodeAnswerFault) -> JSONValue {
        guard case .object(let answer)? = try? JSONValue.parse(body, limits: limits) else {
            throw .unusable("not a JSON object")
        }
        if let error = answer["error"], error != .null {
            throw fault(try AnswerObject(error, "error"))
        }
        guard answer["id"] == 1, let result = answer["result"] else {
            throw .unusable("no result")
        }
        return result
    }

    private static func fault(_ error: AnswerObject) -> NodeAnswerFault {
        guard case .integer(let code)? = error["code"] else { return .unusable("an error") }
        guard code == refused, let message = try? error.string("message") else {
            return .unusable("error \(code)")
        }
        return .refusal(message)
    }
}
