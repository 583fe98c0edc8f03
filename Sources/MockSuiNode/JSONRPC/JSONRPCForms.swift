import ByteCodecs
import SuiProtocol

/// Objects in JSON-RPC's form.
enum JSONRPCForms {
    static func object(_ object: LedgerObject, _ options: JSONRPCOptions) -> JSONValue {
        var answer: JSONObject = [
            "objectId": "\(object.id)", "version": object.version.text,
            "digest": "\(object.digest)",
        ]
        if options.has("showType") { answer["type"] = "\(object.type)" }
        if options.has("showOwner") { answer["owner"] = owner(object.owner) }
        if options.has("showPreviousTransaction") {
            answer["previousTransaction"] = "\(object.previousTransaction)"
        }
        if options.has("showStorageRebate") { answer["storageRebate"] = object.storageRebate.text }
        if options.has("showContent") {
            answer["content"] = [
                "dataType": "moveObject", "type": "\(object.type)",
                "hasPublicTransfer": .bool(object.contents.isTransferable),
                "fields": MoveData.jsonRPC(object.fields),
            ]
        }
        if options.has("showBcs") {
            answer["bcs"] = [
                "dataType": "moveObject", "type": "\(object.type)",
                "hasPublicTransfer": .bool(object.contents.isTransferable),
                "version": object.version.number,
                "bcsBytes": .string(Base64.encode(object.contentBytes)),
            ]
        }
        return .object(answer)
    }

    static func owner(_ owner: ObjectOwner) -> JSONValue {
        switch owner {
        case .address(let address): ["AddressOwner": "\(address)"]
        case .shared(let version): ["Shared": ["initial_shared_version": version.number]]
        }
    }

    static func coin(_ object: LedgerObject, _ type: TypeTag) -> JSONValue {
        guard case .coin(let balance) = object.contents else { return .null }
        return [
            "coinType": "\(type)", "coinObjectId": "\(object.id)",
            "version": object.version.text, "digest": "\(object.digest)",
            "balance": balance.text, "previousTransaction": "\(object.previousTransaction)",
        ]
    }

    /// What stands for the gas coin where there is none: an address balance paid.
    static let noReference: JSONValue = [
        "objectId": "\(SuiAddress.zero)", "version": 0,
        "digest": "11111111111111111111111111111111",
    ]

    static func reference(_ object: LedgerObject) -> JSONValue {
        [
            "objectId": "\(object.id)", "version": object.version.number,
            "digest": "\(object.digest)",
        ]
    }
}
