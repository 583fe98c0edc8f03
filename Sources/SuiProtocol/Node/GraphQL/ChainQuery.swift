public import ByteCodecs

/// The network alone.
public struct ChainQuery: GraphQLQuery {
    public static let document = "query Chain { chainIdentifier }"

    public init() {}

    public var variables: JSONObject { [:] }

    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> String {
        try data.string("chainIdentifier")
    }
}
