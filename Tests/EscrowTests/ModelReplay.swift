import ByteCodecs
import Determinism
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

/// The database's side of a trace: what the model says is done is done with it.
final class ModelReplay {
    struct Seen: Equatable {
        var state: ModelTrace.Seen
        /// What may be signed first, what has to be signed anew, and whose cancellation has to be.
        var signable: Set<Int>
        var dead: Set<Int>
        var uncancelled: Set<Int>
    }

    let world: EscrowWorld
    private let tables: TableCopies
    private var prepared: Set<String> = []
    private(set) var customers = 0
    var ids: [Int: ChargeID] = [:]
    var references: [Int: [UInt8]] = [:]
    /// After the last step, as the model has them.
    private(set) var rows: [JSONValue] = []
    /// The chain's, and what the follower has booked of it.
    private(set) var epoch: Int64 = 1
    var bookedEpoch: Int64 = 1
    private var savedEpoch: Int64 = 1
    var digests = 0

    init() async throws {
        world = try await EscrowWorld()
        tables = TableCopies(world.store)
        for number in 1...2 {
            try await world.store.run(
                """
                INSERT INTO customers (customer_id, wallet_address, created_at)
                VALUES (\(number), '\\x\(Hex.encode(Sample.bytes(number)))', now())
                """)
        }
        try await tables.copy(as: "empty")
    }

    /// Begins a trace with nothing but accounts and gas coins.
    func begin(_ balances: [Int64]) async throws {
        (ids, references, rows) = ([:], [:], [])
        (epoch, bookedEpoch) = (1, 1)
        customers = balances.count
        let name = "balances_" + balances.map(String.init).joined(separator: "_")
        if prepared.insert(name).inserted {
            try await tables.putBack("empty")
            try await open(balances)
            try await tables.copy(as: name)
        } else {
            try await tables.putBack(name)
        }
    }

    private func open(_ balances: [Int64]) async throws {
        var events: [EscrowEvent] = []
        for (place, balance) in balances.enumerated() {
            events.append(try EscrowWorld.opened(place + 1))
            guard balance > 0 else { continue }
            events.append(try EscrowWorld.deposited(place + 1, UInt64(balance), UInt64(balance)))
        }
        try await window(events, gas: try (0..<Self.coins).map { try Self.coin($0, version: 1) })
        _ = try await world.bookkeeper.setVersions(
            try balances.indices.map { (try Sample.account($0 + 1), 1) }, as: world.leader)
    }

    func take(_ step: JSONValue) async throws {
        world.time.advance(milliseconds: 5)
        switch try step["do"].text {
        case "plan": try await plan(step)
        case "withdraw":
            #expect(try await world.signing.withdraw(try id(step["uid"]), as: world.leader))
        case "sign": try await sign(step)
        case "cancel": try await cancel(step)
        case "rebuild": try await rebuild(step)
        case "release": try await release(step)
        case "book": try await book(step)
        case "thaw": try await thaw(try Sample.account(Int(try step["account"].number) + 1))
        case "epoch": epoch += 1
        case "snapshot":
            savedEpoch = bookedEpoch
            try await tables.copy(as: "snapshot")
        case "restore":
            bookedEpoch = savedEpoch
            try await tables.putBack("snapshot")
            _ = try await world.signing.fencePlanned(as: world.leader)
        default: throw TraceError()
        }
        let after = step["after"]
        // The follower is at the chain's tip.
        if try after["idle"].flag, bookedEpoch < epoch { try await window() }
        rows = try after["rows"].array
    }

    func said(_ after: JSONValue) throws -> Seen {
        func numbers(_ name: String) throws -> Set<Int> {
            Set(try after[name].array.map { Int(try $0.number) })
        }
        return Seen(
            state: try ModelTrace.Seen(after), signable: try numbers("signable"),
            dead: try numbers("dead"), uncancelled: try numbers("uncancelled"))
    }

    func seen() async throws -> Seen {
        let uids = Dictionary(uniqueKeysWithValues: ids.map { ($0.value, $0.key) })
        let database = world.database
        var state = ModelTrace.Seen(rows: [:], accounts: [])
        let rows: [ChargeRow] = try await database.rows(
            "SELECT \(sql: ChargeRow.columns) FROM charges AS c")
        for record in rows.map(\.record) {
            var sequence: Int64?
            if case .signed(let signing) = record.charge.state { sequence = signing.sequence }
            state.rows[try #require(uids[record.id])] = ModelTrace.Seen.words(
                record.charge.kind, record.charge.state.name, sequence: sequence,
                isFenced: record.charge.isFenced)
        }
        for place in 0..<customers {
            let row = try #require(try await database.account(Sample.account(place + 1)))
            state.accounts.append(
                ModelTrace.Seen.words(
                    balance: row.mirror.balance.units, sequence: row.mirror.sequence,
                    isFrozen: row.mirror.freeze != nil))
        }
        var dead: Set<Int> = []
        for batch in try await database.deadBatches() {
            let left = try await database.operations(of: batch.digest)
            dead.formUnion(left.compactMap { uids[$0.id] })
        }
        return Seen(
            state: state,
            signable: Set(try await planned().compactMap { uids[$0.operation.id] }), dead: dead,
            uncancelled: Set(
                try await database.cancellations(limit: 99).compactMap { uids[$0.operation.id] }))
    }

    // MARK: - Names

    /// Of a coin that the model has, and of some more, so that the engine never lacks one.
    static let coins = 8
    static let firstCoin = 600

    static func coin(_ number: Int, version: UInt64) throws -> GasCoin {
        GasCoin(
            reference: try Sample.gas(firstCoin + number, version: version),
            balance: 100_000_000_000)
    }

    static func number(_ coin: GasCoin) -> Int {
        coin.reference.id.bytes.suffix(2).reduce(0) { $0 * 256 + Int($1) } - firstCoin
    }

    func id(_ uid: JSONValue) throws -> ChargeID {
        try #require(ids[Int(try uid.number)])
    }

    /// A stranger's is of a charge and of an obligation that nobody knows.
    func reference(_ uid: Int, _ obligation: JSONValue) throws -> [UInt8] {
        if let known = references[uid] { return known }
        guard uid > 0 else { return [] }
        let made = try Sample.chargeID(uid)
        let reference = try Sample.reference(uid, obligation: "unknown").bytes
        (ids[uid], references[uid]) = (made, reference)
        return reference
    }

    func digest() throws -> TransactionDigest {
        digests += 1
        return try Sample.digest(1_000_000 + digests)
    }
}
