import ByteCodecs
import SuiProtocol

/// Answers what changes nothing.
///
/// Objects and transactions by name are the node's own; everything listed or summed comes from
/// the index, and so do checkpoints. A lagging index (the fault) leaves checkpoints alone, as
/// these come from another store: whoever trusts the tip and lists events misses some.
struct JSONRPCReader {
    let core: NodeCore
    let faults: StruckFaults

    var index: LedgerView { core.index(faults) }
    var direct: LedgerView { core.direct(faults) }
    var checkpoints: LedgerView {
        var faults = faults
        faults.amounts[.indexLag] = nil
        return core.index(faults)
    }

    func read(
        _ method: String, _ parameters: JSONRPCParameters
    ) throws(JSONRPCError) -> JSONValue {
        switch method {
        case "sui_getChainIdentifier": .string(core.chain(faults).shortForm)
        case "suix_getReferenceGasPrice": Ledger.referenceGasPrice.text
        case "suix_getLatestSuiSystemState": systemState
        case "sui_getObject":
            object(try parameters.address(0, "object_id"), parameters.options(1))
        case "sui_multiGetObjects": try objects(parameters)
        case "sui_tryMultiGetPastObjects": try pastObjects(parameters)
        case "suix_getOwnedObjects": try ownedObjects(parameters)
        case "suix_getCoins": try coins(parameters)
        case "suix_getBalance":
            balance(try parameters.address(0, "owner"), try parameters.coinType(1))
        case "suix_getAllBalances": try allBalances(parameters)
        case "suix_getCoinMetadata": metadata(try parameters.coinType(0))
        case "sui_dryRunTransactionBlock": try dryRun(parameters)
        case "sui_getTransactionBlock":
            try transaction(parameters.digest(0, "digest"), parameters.options(1))
        case "sui_multiGetTransactionBlocks": try transactions(parameters)
        case "suix_queryTransactionBlocks": try queryTransactions(parameters)
        case "suix_queryEvents": try queryEvents(parameters)
        case "sui_getEvents": try events(of: parameters.digest(0, "digest"))
        case "sui_getLatestCheckpointSequenceNumber":
            checkpoints.checkpoint.sequence.text
        case "sui_getCheckpoint": try checkpoint(parameters)
        case "sui_getCheckpoints": try checkpoints(parameters)
        default: throw .noMethod
        }
    }

    // MARK: - The network

    private var systemState: JSONValue {
        [
            "epoch": core.ledger.epoch.text,
            "referenceGasPrice": Ledger.referenceGasPrice.text,
            "epochStartTimestampMs": core.ledger.epochStart.text,
            "epochDurationMs": Ledger.epochMilliseconds.text,
        ]
    }

    private func metadata(_ type: TypeTag) -> JSONValue {
        guard let coin = ChainCoin(type, core.ledger.genesis) else { return .null }
        return [
            "decimals": .integer(coin.decimals), "name": .string(coin.name),
            "symbol": .string(coin.symbol), "description": "", "iconUrl": .null, "id": .null,
        ]
    }

    // MARK: - Objects

    private func object(_ id: ObjectID, _ options: JSONRPCOptions) -> JSONValue {
        guard !faults.has(.notFound), let object = direct.object(id) else {
            return ["error": ["code": "notExists", "object_id": "\(id)"]]
        }
        return ["data": JSONRPCForms.object(object, options)]
    }

    private func objects(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        var answers: [JSONValue] = []
        for text in try parameters.strings(0, "object_ids") {
            guard let id = try? ObjectID(parsing: text) else { throw .parameters("object_ids") }
            answers.append(object(id, parameters.options(1)))
        }
        return .array(answers)
    }

    private func pastObjects(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        guard let wanted = parameters[0].elements, wanted.count <= 50 else {
            throw .parameters("past_objects")
        }
        var answers: [JSONValue] = []
        for entry in wanted {
            guard let id = try? ObjectID(parsing: entry["objectId"]?.string ?? ""),
                let version = entry["version"]?.unsigned
            else { throw .parameters("past_objects") }
            guard !faults.has(.notFound), let object = direct.object(id, version: version) else {
                answers.append(
                    ["status": "VersionNotFound", "details": ["\(id)", version.text]])
                continue
            }
            answers.append(
                [
                    "status": "VersionFound",
                    "details": JSONRPCForms.object(object, parameters.options(1)),
                ])
        }
        return .array(answers)
    }

    private func ownedObjects(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        let owner = try parameters.address(0, "address")
        var filter: EventTypeFilter?
        if let wanted = parameters[1]["filter"], !wanted.isNull {
            guard let text = wanted["StructType"]?.string, let type = EventTypeFilter(text) else {
                throw .parameters("filter")
            }
            filter = type
        }
        let options = JSONRPCOptions(value: parameters[1]["options"] ?? .null)
        return try page(index.owned(by: owner, type: filter), parameters, cursor: 2) {
            ["data": JSONRPCForms.object($0, options)]
        }
    }

    private func coins(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        let owner = try parameters.address(0, "owner")
        let type = try parameters.coinType(1)
        let found = index.owned(by: owner, type: .exact(.coin(of: type)))
        return try page(found, parameters, cursor: 2) { JSONRPCForms.coin($0, type) }
    }

    /// The cursor is the id of the last object shown.
    private func page(
        _ objects: [LedgerObject], _ parameters: JSONRPCParameters, cursor: Int,
        _ form: (LedgerObject) -> JSONValue
    ) throws(JSONRPCError) -> JSONValue {
        var rest = objects[...]
        if let last = parameters[cursor].string {
            guard let place = rest.firstIndex(where: { $0.id.description == last }) else {
                throw .parameters("cursor")
            }
            rest = rest[(place + 1)...]
        }
        let shown = rest.prefix(try parameters.limit(cursor + 1))
        return [
            "data": .array(shown.map(form)),
            "nextCursor": shown.last.map { "\($0.id)" } ?? .null,
            "hasNextPage": .bool(shown.count < rest.count),
        ]
    }

    private func balance(_ owner: SuiAddress, _ type: TypeTag) -> JSONValue {
        let coins = index.coins(of: owner, type)
        let funds = index.addressBalance(BalanceKey(owner: owner, coinType: type))
        return [
            "coinType": "\(type)", "coinObjectCount": coins.count.number,
            "totalBalance": .string("\(coins.sum + UInt128(funds))"), "lockedBalance": [:],
            "fundsInAddressBalance": funds.text,
        ]
    }

    private func allBalances(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        let owner = try parameters.address(0, "owner")
        return .array(index.coinTypes(of: owner).map { balance(owner, $0) })
    }
}
