import ByteCodecs
import Determinism

/// Objects of JSON-RPC.
extension AnswerObject {
    /// Nil where it is absent, or of all zeros, as the system's is.
    func optionalAddress(_ name: String) throws(NodeAnswerFault) -> SuiAddress? {
        guard self[name] != nil else { return nil }
        let address = try address(name)
        return address.bytes.allSatisfy { $0 == 0 } ? nil : address
    }

    /// `effects`, `checkpoint` and `timestampMs` of a transaction.
    func transaction(_ digest: TransactionDigest) throws(NodeAnswerFault) -> NodeTransaction {
        let effects = try object("effects")
        let checkpoint = self["checkpoint"] == nil ? nil : try sequence("checkpoint")
        let costs = try effects.object("gasUsed").gasCosts()
        let gas = try effects.optionalObject("gasObject")?.object("reference").plainReference()
        let isCoin = gas.map { !$0.id.bytes.allSatisfy { $0 == 0 } } ?? false
        return NodeTransaction(
            digest: digest, status: try effects.plainStatus(),
            epoch: try effects.optionalEpoch("executedEpoch"), checkpoint: checkpoint,
            at: checkpoint == nil ? nil : try milliseconds("timestampMs"),
            gas: isCoin ? gas.map { NodeGas(object: $0, cost: costs.total) } : nil,
            suiCoins: [], events: [])
    }

    func plainStatus() throws(NodeAnswerFault) -> NodeTransaction.Status {
        let status = try object("status")
        switch try status.string("status") {
        case "success": return .success
        case "failure": return .failure(FailureText.failure(try status.string("error")))
        default: throw .unusable("an unknown status")
        }
    }

    /// `objectId`, `version`, `digest`.
    func plainReference() throws(NodeAnswerFault) -> ObjectReference {
        ObjectReference(
            id: try address("objectId"), version: try number("version"),
            digest: try digest("digest"))
    }

    func plainOwner() throws(NodeAnswerFault) -> NodeOwner {
        if self["owner"] == .string("Immutable") { return .immutable }
        let owner = try object("owner")
        if owner["AddressOwner"] != nil { return .address(try owner.address("AddressOwner")) }
        if owner["ObjectOwner"] != nil { return .object(try owner.address("ObjectOwner")) }
        if let shared = try owner.optionalObject("Shared") {
            return .shared(initialVersion: try shared.number("initial_shared_version"))
        }
        if let owned = try owner.optionalObject("ConsensusAddressOwner") {
            return .consensusAddress(
                try owned.address("owner"), startVersion: try owned.number("start_version"))
        }
        throw .unusable("an unknown owner")
    }

    /// The version that all objects have which the transaction wrote; the effects name it with
    /// each of them.
    private var lamportVersion: UInt64? {
        let lists = ["mutated", "created", "unwrapped"].compactMap { try? objects($0) }
        let written = lists.joined().compactMap {
            try? $0.object("reference").number("version")
        }
        let deleted = ["deleted", "wrapped", "unwrappedThenDeleted"].compactMap {
            try? objects($0)
        }
        return (written + deleted.joined().compactMap { try? $0.number("version") }).max()
    }

    /// - Parameter module: the one that defines their types; nil for all.
    func events(
        of transaction: NodeTransaction, _ module: EventModule?, _ isAskedFor: Bool
    ) throws(NodeAnswerFault) -> [NodeEvent] {
        guard isAskedFor, self["events"] != nil else { return [] }
        let version = try object("effects").lamportVersion
        var events: [NodeEvent] = []
        for (place, entry) in try objects("events").enumerated() {
            let id = try entry.object("id")
            guard try id.digest("txDigest") == transaction.digest,
                try id.sequence("eventSeq") == Int64(place)
            else { throw .unusable("events of a transaction have a gap") }
            // Anybody's types are not read: only what is ours has to be understood.
            if let module, try !entry.isDefined(by: module) { continue }
            let told = ToldEvent(
                sequence: Int64(place), type: try entry.type("type"),
                bcs: try entry.eventContents(), lamportVersion: version)
            events.append(told.event(of: transaction))
        }
        return events
    }

    private func isDefined(by module: EventModule) throws(NodeAnswerFault) -> Bool {
        let text = try string("type")
        let parts = text.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[1].isEmpty, parts[3].isEmpty,
            parts[2] == module.module.description
        else { return false }
        return (try? SuiAddress(parsing: String(parts[0]))) == module.package
    }

    /// Base64 where it says so; Base58 before there was a choice.
    private func eventContents() throws(NodeAnswerFault) -> [UInt8] {
        if self["bcsEncoding"] == "base64" { return try bytes("bcs") }
        guard let bytes = try? Base58.decode(try string("bcs")) else {
            throw .unusable("bcs is no Base58")
        }
        return bytes
    }

    /// `objectChanges`: the coins of SUI in it.
    func suiCoins() throws(NodeAnswerFault) -> (
        [JSONRPCTransaction.OwnedReference], gone: [ObjectID]
    ) {
        var coins: [JSONRPCTransaction.OwnedReference] = []
        var gone: [ObjectID] = []
        for change in try objects("objectChanges") where change.isOfSuiCoin {
            let id = try change.address("objectId")
            if change["digest"] != nil, case .address(let owner)? = try? change.plainOwner() {
                coins.append(.init(reference: try change.plainReference(), owner: owner))
            } else {
                gone.append(id)
            }
        }
        return (coins, gone)
    }

    private var isOfSuiCoin: Bool {
        guard let text = try? string("objectType") else { return false }
        return (try? StructTag(parsing: text)) == .suiCoin
    }
}
