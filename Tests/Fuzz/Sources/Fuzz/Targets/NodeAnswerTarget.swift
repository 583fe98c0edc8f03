import ByteCodecs
import SuiProtocol

/// What a node answers, in either wire format: a line with the question, as
/// `events 0x… 12`, and the body. A node may say anything; what is taken must be what was asked
/// for, and may reach the ledger.
enum NodeAnswerTarget {
    static func run(_ input: [UInt8]) {
        guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return }
        let words = String(decoding: input[..<end], as: UTF8.self).split(separator: " ")
        guard let name = words.first.map(String.init) else { return }
        let body = Array(input[input.index(after: end)...])
        let values = words.dropFirst().map(String.init)
        network(name, body)
        addresses(name, values, body)
        transactions(name, values, body)
        checkpoints(name, values, body)
    }

    private static func network(_ name: String, _ body: [UInt8]) {
        switch name {
        case "chain": _ = try? ChainQuery().answer(in: body)
        case "status": _ = try? StatusQuery().answer(in: body)
        case "chain-call": _ = try? ChainCall().answer(in: body)
        case "epoch-call": _ = try? EpochCall().answer(in: body)
        case "tip-call": _ = try? TipCall().answer(in: body)
        default: break
        }
    }

    /// What an address owns, and objects by their ids.
    private static func addresses(_ name: String, _ values: [String], _ body: [UInt8]) {
        let ids = values.compactMap { try? SuiAddress(parsing: $0) }
        guard let owner = ids.first, ids.count <= ObjectsQuery.limit else { return }
        let coin = KnownCoin.sui.type
        switch name {
        case "balance": _ = try? BalanceQuery(of: owner, coin: coin).answer(in: body)
        case "balance-call": _ = try? BalanceCall(of: owner, coin: coin).answer(in: body)
        case "coins": _ = try? CoinsQuery(of: owner, type: coin, after: nil).answer(in: body)
        case "coins-call": _ = try? CoinsCall(of: owner, type: coin, after: nil).answer(in: body)
        case "objects": areAsked((try? ObjectsQuery(ids).answer(in: body))?.value, ids)
        case "objects-call": areAsked(try? ObjectsCall(ids).answer(in: body), ids)
        default: break
        }
    }

    private static func areAsked(_ objects: [NodeObject]?, _ ids: [ObjectID]) {
        demand(
            objects?.allSatisfy { ids.contains($0.reference.id) } ?? true,
            "objects that were asked for")
    }

    /// By their bytes or digests.
    private static func transactions(_ name: String, _ values: [String], _ body: [UInt8]) {
        let bytes = values.first.flatMap { try? Base64.decode($0) } ?? []
        let digests = values.compactMap { try? TransactionDigest(parsing: $0) }
        switch name {
        case "execute": _ = try? ExecuteMutation(bytes, signatures: [[]]).answer(in: body)
        case "execute-call": _ = try? ExecuteCall(bytes, signatures: [[]]).answer(in: body)
        case "simulate": _ = try? SimulateQuery(bytes).answer(in: body)
        case "simulate-call": _ = try? SimulateCall(bytes).answer(in: body)
        case "transactions":
            let found = (try? TransactionsQuery(digests).answer(in: body))?.value
            demand((found?.count ?? 0) <= digests.count, "no more than asked for")
        case "transactions-call":
            let found = try? TransactionsCall(digests, .all).answer(in: body)
            demand(found.map { $0.count == digests.count } ?? true, "an entry a digest")
        default: break
        }
        guard let digest = digests.first else { return }
        switch name {
        case "more-changes": _ = try? MoreChangesQuery(digest, after: nil).answer(in: body)
        case "more-events": _ = try? MoreEventsQuery(digest, after: "").answer(in: body)
        default: break
        }
    }

    /// What is in a range of checkpoints.
    private static func checkpoints(_ name: String, _ values: [String], _ body: [UInt8]) {
        guard let last = values.last.flatMap({ Int64($0) }), last >= 0 else { return }
        switch name {
        case "checkpoints-call":
            let page = try? CheckpointsCall(from: last, count: 50).answer(in: body)
            demand(
                page?.checkpoints.allSatisfy { $0.sequence >= last } ?? true, "none before them")
        case "checkpoint-call": _ = try? CheckpointCall(last).answer(in: body)
        default: break
        }
        guard let address = values.first.flatMap({ try? SuiAddress(parsing: $0) }) else { return }
        let module = EventModule(package: address, module: "account")
        switch name {
        case "events":
            let query = EventsQuery(module, in: 0...last, last: last, after: nil)
            let events = (try? query.answer(in: body))?.value.elements ?? []
            demand(
                events.allSatisfy { $0.checkpoint.map { 0...last ~= $0 } ?? false },
                "events of the range")
        case "address-transactions":
            let query = AddressTransactionsQuery(
                address, calling: module, in: 0...last, last: last, after: nil)
            _ = try? query.answer(in: body)
        default: break
        }
    }
}
