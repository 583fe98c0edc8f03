public import ByteCodecs

extension TransactionData {
    /// Everything in a transaction, for people and programs. Numbers of 64 bits are texts.
    public var json: JSONValue {
        [
            "digest": "\(digest)", "sender": "\(sender)", "gas": gas.json,
            "expiration": expiration.json,
            "inputs": .array(program.inputs.map(\.json)),
            "commands": .array(program.commands.map(\.json)),
        ]
    }
}

extension GasData {
    var json: JSONValue {
        [
            "owner": "\(owner)", "price_mist": "\(price)", "budget_mist": "\(budget)",
            "payment": .array(payment.map(\.json)),
        ]
    }
}

extension ObjectReference {
    var json: JSONValue { ["id": "\(id)", "version": "\(version)", "digest": "\(digest)"] }
}

extension TransactionExpiration {
    var json: JSONValue {
        switch self {
        case .none: return ["kind": "none"]
        case .epoch(let last): return ["kind": "epoch", "epoch": "\(last)"]
        case .validDuring(let window): return window.json(kind: "valid_during")
        case .validity(let window, let proposers):
            guard case .object(var members) = window.json(kind: "validity") else { return nil }
            members["proposers"] =
                proposers.map { proposers in
                    [
                        "epoch": "\(proposers.epoch)",
                        "validators": .array(proposers.validators.map { .integer(Int64($0)) }),
                    ]
                } ?? .null
            return .object(members)
        }
    }
}

extension ValidityWindow {
    func json(kind: String) -> JSONValue {
        func text(_ number: UInt64?) -> JSONValue { number.map { "\($0)" } ?? .null }
        return [
            "kind": .string(kind), "min_epoch": text(minimumEpoch),
            "max_epoch": text(maximumEpoch), "min_timestamp": text(minimumTimestamp),
            "max_timestamp": text(maximumTimestamp), "chain": "\(chain)",
            "nonce": .integer(Int64(nonce)),
        ]
    }
}

extension TransactionInput {
    var json: JSONValue {
        switch self {
        case .pure(let bytes): return ["kind": "pure", "hex": .string(Hex.encode(bytes))]
        case .object(.owned(let reference)):
            return ["kind": "owned", "object": reference.json]
        case .object(.receiving(let reference)):
            return ["kind": "receiving", "object": reference.json]
        case .object(.shared(let object, let mutability)):
            return [
                "kind": "shared", "id": "\(object.id)",
                "initial_shared_version": "\(object.initialVersion)",
                "mutability": .string("\(mutability)"),
            ]
        case .funds(let funds):
            return [
                "kind": "funds_withdrawal", "amount": "\(funds.amount)",
                "coin_type": "\(funds.coinType)", "source": funds.source.json,
            ]
        }
    }
}

extension FundsWithdrawal.Source {
    var json: JSONValue {
        switch self {
        case .sender: "sender"
        case .sponsor: "sponsor"
        case .allowance(let funder, let allowance):
            ["funder": "\(funder)", "allowance": "\(allowance)"]
        }
    }
}

extension TransactionArgument {
    var json: JSONValue {
        switch self {
        case .gasCoin: "gas_coin"
        case .input(let index): ["input": .integer(Int64(index))]
        case .result(let command): ["result": .integer(Int64(command))]
        case .nestedResult(let command, let place):
            ["result": .integer(Int64(command)), "place": .integer(Int64(place))]
        }
    }
}

extension TransactionCommand {
    var json: JSONValue {
        func list(_ arguments: [TransactionArgument]) -> JSONValue {
            .array(arguments.map(\.json))
        }
        func sizes(_ modules: [[UInt8]]) -> JSONValue {
            .array(modules.map { .integer(Int64($0.count)) })
        }
        func ids(_ ids: [ObjectID]) -> JSONValue { .array(ids.map { "\($0)" }) }
        return switch self {
        case .moveCall(let call):
            [
                "kind": "move_call", "package": "\(call.package)", "module": "\(call.module)",
                "function": "\(call.function)",
                "type_arguments": .array(call.typeArguments.map { "\($0)" }),
                "arguments": list(call.arguments),
            ]
        case .transferObjects(let objects, let recipient):
            ["kind": "transfer_objects", "objects": list(objects), "recipient": recipient.json]
        case .splitCoins(let coin, let amounts):
            ["kind": "split_coins", "coin": coin.json, "amounts": list(amounts)]
        case .mergeCoins(let target, let coins):
            ["kind": "merge_coins", "into": target.json, "coins": list(coins)]
        case .publish(let modules, let dependencies):
            [
                "kind": "publish", "module_bytes": sizes(modules),
                "dependencies": ids(dependencies),
            ]
        case .makeMoveVector(let type, let elements):
            [
                "kind": "make_move_vector", "type": type.map { "\($0)" } ?? .null,
                "elements": list(elements),
            ]
        case .upgrade(let modules, let dependencies, let package, let ticket):
            [
                "kind": "upgrade", "package": "\(package)", "module_bytes": sizes(modules),
                "dependencies": ids(dependencies), "ticket": ticket.json,
            ]
        }
    }
}
