public import ByteCodecs

/// A query to a node's GraphQL service. Names and types: `Docs/Sources.md#graphql`.
///
/// Every document asks for the chain's name too: no answer of another network is taken for one.
public protocol GraphQLQuery: NodeMessage where Answer == ChainAnswer<Value> {
    associatedtype Value: Sendable

    static var document: String { get }
    var variables: JSONObject { get }
    func value(in data: AnswerObject) throws(NodeAnswerFault) -> Value
}

extension GraphQLQuery {
    public var requestBody: [UInt8] { GraphQLBody.request(Self.document, variables) }

    public func answer(in body: [UInt8]) throws(NodeAnswerFault) -> ChainAnswer<Value> {
        let data = try GraphQLBody.data(in: body)
        return ChainAnswer(chain: try data.string("chainIdentifier"), value: try value(in: data))
    }
}

/// What all requests and answers in GraphQL have in common.
enum GraphQLBody {
    /// The service's code for what the client got wrong; any other is its own fault.
    private static let clientFault = "BAD_USER_INPUT"
    /// A page of transactions with all they changed has some ten thousand.
    private static let limits = JSONLimits(depth: 32, values: 1_000_000)

    static func request(_ document: String, _ variables: JSONObject) -> [UInt8] {
        JSONValue.object(["query": .string(document), "variables": .object(variables)])
            .serialized()
    }

    /// The data of an answer that has no errors: half an answer is none.
    static func data(in body: [UInt8]) throws(NodeAnswerFault) -> AnswerObject {
        guard case .object(let answer)? = try? JSONValue.parse(body, limits: limits) else {
            throw .unusable("not a JSON object")
        }
        switch answer["errors"] {
        case nil, .null?, .array([])?: return try AnswerObject(answer["data"], "data")
        case .array(let errors)?: throw fault(errors)
        default: throw .unusable("errors are not a list")
        }
    }

    private static func fault(_ errors: [JSONValue]) -> NodeAnswerFault {
        guard errors.count == 1, let error = try? AnswerObject(errors[0], "error"),
            let message = try? error.string("message"),
            let extensions = try? error.object("extensions")
        else { return .unusable("errors of the node") }
        guard (try? extensions.string("code")) == clientFault else {
            return .unusable("a fault of the node")
        }
        return .refusal(message)
    }
}
