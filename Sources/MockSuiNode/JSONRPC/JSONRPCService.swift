import ByteCodecs
import SuiProtocol

/// The methods of JSON-RPC.
enum JSONRPCService {
    static let operations: [String: NodeOperation] = [
        "sui_getChainIdentifier": .chain, "suix_getReferenceGasPrice": .epoch,
        "suix_getLatestSuiSystemState": .epoch, "sui_getObject": .object,
        "sui_multiGetObjects": .object, "sui_tryMultiGetPastObjects": .object,
        "suix_getOwnedObjects": .object, "suix_getCoins": .coins,
        "suix_getBalance": .balance, "suix_getAllBalances": .balance,
        "suix_getCoinMetadata": .metadata, "sui_dryRunTransactionBlock": .simulate,
        "sui_executeTransactionBlock": .execute, "sui_getTransactionBlock": .transaction,
        "sui_multiGetTransactionBlocks": .transaction,
        "suix_queryTransactionBlocks": .transactions, "suix_queryEvents": .events,
        "sui_getEvents": .events, "sui_getLatestCheckpointSequenceNumber": .checkpoint,
        "sui_getCheckpoint": .checkpoint, "sui_getCheckpoints": .checkpoint,
        "mock_info": .control, "mock_mint": .control,
        "mock_advanceEpoch": .control, "mock_advanceClock": .control,
        "mock_setFaults": .control, "mock_setDenied": .control, "mock_dump": .control,
    ]

    static func call(
        _ method: String, _ parameters: JSONValue, _ core: inout NodeCore,
        _ faults: StruckFaults
    ) throws(JSONRPCError) -> JSONValue {
        guard let operation = operations[method] else { throw .noMethod }
        if operation == .control { return try ControlMethods.call(method, parameters, &core) }
        guard let values = parameters.elements else { throw .parameters("not a list") }
        let list = JSONRPCParameters(values: values)
        if operation == .execute { return try execute(list, &core, faults) }
        let reader = JSONRPCReader(core: core, faults: faults)
        return try reader.read(method, list)
    }

    private static func execute(
        _ parameters: JSONRPCParameters, _ core: inout NodeCore, _ faults: StruckFaults
    ) throws(JSONRPCError) -> JSONValue {
        guard let bytes = try? Base64.decode(parameters.string(0, "tx_bytes")) else {
            throw .parameters("tx_bytes")
        }
        let signatures = try parameters.strings(1, "signatures")
        let transaction: LedgerTransaction
        do throws(ExecutionError) {
            transaction = try core.execute(bytes, signatures: signatures, faults)
        } catch {
            guard case .refused(let refusal) = error else { throw .unwell }
            throw .refused(refusal.wrappedText)
        }
        let form = JSONRPCTransaction(view: .direct(core.ledger), options: parameters.options(2))
        var answer = form.json(transaction)
        answer["confirmedLocalExecution"] = .bool(parameters[3] == "WaitForLocalExecution")
        return .object(answer)
    }
}
