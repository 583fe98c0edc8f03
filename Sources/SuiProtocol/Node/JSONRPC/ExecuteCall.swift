public import ByteCodecs

/// Sends a signed transaction. The answer comes once it is final.
public struct ExecuteCall: JSONRPCCall {
    public static let method = "sui_executeTransactionBlock"

    private let bytes: [UInt8]
    private let signatures: [[UInt8]]

    public init(_ bytes: [UInt8], signatures: [[UInt8]]) {
        self.bytes = bytes
        self.signatures = signatures
    }

    public var parameters: [JSONValue] {
        [
            .string(Base64.encode(bytes)),
            .array(signatures.map { .string(Base64.encode($0)) }), ["showEffects": true],
            "WaitForEffectsCert",
        ]
    }

    /// Without coins and events, which are not asked for.
    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> NodeTransaction {
        let answer = try AnswerObject(result, "result")
        let digest = TransactionDigest(hashing: bytes)
        guard try answer.digest("digest") == digest else {
            throw .unusable("another transaction than the one sent")
        }
        return try answer.transaction(digest)
    }
}

/// Runs a transaction without effect and without signatures.
public struct SimulateCall: JSONRPCCall {
    public static let method = "sui_dryRunTransactionBlock"

    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public var parameters: [JSONValue] { [.string(Base64.encode(bytes))] }

    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> NodeSimulation {
        let effects = try AnswerObject(result, "result").object("effects")
        guard try effects.digest("transactionDigest") == TransactionDigest(hashing: bytes) else {
            throw .unusable("another transaction than the one sent")
        }
        return NodeSimulation(
            status: try effects.plainStatus(), gas: try effects.object("gasUsed").gasCosts())
    }
}
