public import ByteCodecs

/// The network: the first four bytes of its genesis digest, in hex.
public struct ChainCall: JSONRPCCall {
    public static let method = "sui_getChainIdentifier"

    public init() {}

    public var parameters: [JSONValue] { [] }

    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> String {
        guard case .string(let name) = result else { throw .unusable("no name of a network") }
        return name
    }
}

public struct EpochCall: JSONRPCCall {
    public static let method = "suix_getLatestSuiSystemState"

    public init() {}

    public var parameters: [JSONValue] { [] }

    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> NodeEpoch {
        let state = try AnswerObject(result, "result")
        return NodeEpoch(
            number: try state.epoch("epoch"),
            referenceGasPrice: try state.number("referenceGasPrice"))
    }
}

/// The newest checkpoint.
public struct TipCall: JSONRPCCall {
    public static let method = "sui_getLatestCheckpointSequenceNumber"

    public init() {}

    public var parameters: [JSONValue] { [] }

    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> Int64 {
        try AnswerObject(["tip": result], "result").sequence("tip")
    }
}
