import ByteCodecs
import Determinism
import Identifiers
import SuiProtocol
import Testing

@testable import Escrow

/// Replays what the model of `Tests/Model` did through the code, comparing after every step.
@Suite struct ModelTraceTests {
    @Test("the state machine and the bookings go every way that the model goes")
    func replay() throws {
        let text = try RepositoryText.read("Tests/Model/traces.json")
        let limits = JSONLimits(depth: 32, values: 1_000_000)
        guard case .array(let traces) = try JSONValue.parse(Array(text.utf8), limits: limits)
        else { throw TraceError() }
        #expect(traces.count > 100)
        var steps = 0
        for (number, trace) in traces.enumerated() {
            var world = try TraceWorld(trace["balances"].array)
            for step in try trace["steps"].array {
                try world.take(step)
                let said = try TraceWorld.told(step["after"])
                let seen = try world.seen()
                #expect(seen == said, "trace \(number + 1), step \(step)")
                guard seen == said else { return }
                steps += 1
            }
        }
        #expect(steps > 500)
    }
}

struct TraceError: Error {}

/// The code's side of a trace.
struct TraceWorld {
    struct Seen: Equatable {
        var rows: [Int: String]
        var accounts: [String]
    }

    private var accounts: [AccountMirror]
    private var records: [ChargeRecord] = []
    private var saved: ([AccountMirror], [ChargeRecord])?
    private var held: [AccountID: Int64] = [:]
    private var events = 0

    init(_ balances: [JSONValue]) throws {
        accounts = try balances.enumerated().map { place, balance in
            AccountMirror(
                id: try Sample.account(place + 1), owner: try Sample.address(place + 1),
                isPrimary: true, balance: MicroUSDC(try balance.number), spendingLimit: .zero,
                periodStart: Timestamp(milliseconds: 0), periodCharged: .zero, sequence: 0,
                freeze: nil)
        }
    }

    mutating func take(_ step: JSONValue) throws {
        switch try step["do"].text {
        case "plan": try plan(step)
        case "withdraw": try handle(step["uid"]) { .withdrawn(.withdrawn) }
        case "sign":
            for operation in try step["ops"].array {
                let sequence = try operation["seq"].number
                let digest = try digest()
                try handle(operation["uid"]) { .signed(sequence: sequence, digest) }
            }
        case "rebuild":
            for operation in try step["ops"].array {
                let digest = try digest()
                try handle(operation["uid"]) { .rebuilt(digest) }
            }
        case "cancel":
            for operation in try step["ops"].array {
                let sequence = try operation["seq"].number
                let digest = try digest()
                try handle(operation["uid"]) { .cancelSigned(sequence: sequence, digest) }
            }
        case "release": try release(step)
        case "book": try book(step)
        case "thaw": accounts[Int(try step["account"].number)].freeze = nil
        case "snapshot": saved = (accounts, records)
        case "restore": try restore()
        default: throw TraceError()
        }
    }

    func seen() throws -> Seen {
        for record in records where record.hold > .zero { #expect(record.amount == record.hold) }
        return Seen(
            rows: Dictionary(
                uniqueKeysWithValues: records.map { record in
                    let charge = record.charge
                    var sequence = ""
                    if case .signed(let signing) = charge.state {
                        sequence = " \(signing.sequence)"
                    }
                    let isFenced = charge.isFenced && !charge.state.name.isFinal
                    return (
                        Int(record.id.uuid.bytes[15]),
                        "\(charge.kind.rawValue) \(charge.state.name.rawValue)\(sequence)"
                            + (isFenced ? " fenced" : "")
                    )
                }),
            accounts: accounts.map { "\($0.balance) \($0.sequence) \($0.freeze != nil)" })
    }

    static func told(_ after: JSONValue) throws -> Seen {
        var rows: [Int: String] = [:]
        for row in try after["rows"].array {
            let state = try row["state"].text
            let sequence = state == "signed" ? " \(try row["seq"].number)" : ""
            let isLive = state == "planned" || state == "signed"
            let fence = try row["fenced"].flag && isLive ? " fenced" : ""
            rows[Int(try row["uid"].number)] =
                "\(try row["kind"].text) \(state)\(sequence)\(fence)"
        }
        return Seen(
            rows: rows,
            accounts: try after["accounts"].array.map {
                "\(try $0["balance"].number) \(try $0["seq"].number) \(try $0["frozen"].flag)"
            })
    }

    private mutating func plan(_ step: JSONValue) throws {
        let number = Int(try step["uid"].number)
        let kind = try #require(Charge.Kind(rawValue: try step["kind"].text))
        records.append(
            ChargeRecord(
                id: try Sample.chargeID(number),
                account: accounts[Int(try step["account"].number)].id, amount: MicroUSDC(1),
                reference: try Self.reference(number, step["ob"]), charge: Charge(kind)))
    }

    private mutating func handle(_ uid: JSONValue, _ event: () -> Charge.Event) throws {
        let id = try Sample.chargeID(Int(try uid.number))
        let place = try #require(records.firstIndex { $0.id == id })
        _ = try records[place].charge.handle(event())
    }

    /// Bytes that nodes refused for so long are let go of; their operations stay as they are.
    private func release(_ step: JSONValue) throws {
        let operations = try step["ops"].array.map { try $0["uid"].number }
        let released = try operations.map { uid in
            let id = try Sample.chargeID(Int(uid))
            return try #require(records.first { $0.id == id }).charge
        }
        #expect(released.allSatisfy { $0.state.name == .signed })
        let kind = try #require(released.first?.kind)
        let batch = try EngineCoreTests.live(kind == .charge ? .charge : .refund)
        var core = EngineCore(settings: EngineSettings())
        let now = EngineCoreTests.now
        core.memory.sends[batch.digest] = .refused(tries: EngineCore.patience, dueAt: now)
        let view = EngineCoreTests.view(live: [batch])
        #expect(core.upkeep(view, at: now) == [.release(batch)])
    }

    private mutating func restore() throws {
        (accounts, records) = try #require(saved)
        for place in records.indices where records[place].charge.state == .planned {
            _ = try records[place].charge.handle(.fenced)
        }
    }

    private mutating func book(_ step: JSONValue) throws {
        var booking = Booking(
            operators: [], ownersWithAccount: [], accounts: accounts, records: records)
        for event in try step["events"].array {
            if let event = try chainEvent(event.array) { booking.book(event) }
        }
        accounts = accounts.compactMap { booking.accounts[$0.id] }
        records = booking.records.values.sorted { $0.id < $1.id }
        let entered = booking.entries.reduce(0) { $0 + $1.amount.units }
        #expect(entered >= 0)
    }

    /// `[kind, account, sequence, uid, obligation, balance after]`; a forged one is of an account
    /// that is none of ours.
    private mutating func chainEvent(_ parts: [JSONValue]) throws -> ChainEvent? {
        let kind = try parts[0].text
        let isForged = kind == "forged"
        let place = Int(try parts[1].number)
        let after = MicroUSDC(try parts[5].number)
        let uid = Int(try parts[3].number)
        let operation = AccountFact.Operation(
            sequence: try parts[2].number, reference: try Self.reference(uid, parts[4]).bytes)
        let one = MicroUSDC(1)
        let change = after.units - accounts[place].balance.units
        let fact: AccountFact
        switch kind {
        case "charged", "forged":
            fact = .charged(
                operation, one, balanceAfter: after, periodCharged: one,
                periodStartMilliseconds: 0)
        case "declined":
            fact = .declined(
                operation, one, .insufficientBalance, balance: after, periodCharged: .zero)
        case "stale": fact = .declinedAsStale(operation, one, balance: after)
        case "cancelled": fact = .cancelled(operation)
        case "refunded": fact = .refunded(operation, one, balanceAfter: after)
        case "deposited": fact = .deposited(MicroUSDC(change), balanceAfter: after)
        case "withdrawn": fact = .withdrawn(MicroUSDC(-change), balanceAfter: after)
        default: throw TraceError()
        }
        events += 1
        return ChainEvent(
            id: try Sample.event(events), checkpoint: 1, at: Timestamp(milliseconds: 0),
            account: isForged ? try Sample.account(777) : accounts[place].id, fact: fact)
    }

    /// A stranger's has an obligation that nobody knows.
    private static func reference(_ uid: Int, _ obligation: JSONValue) throws -> ChargeReference {
        let name = if case .integer(let number) = obligation { "\(number)" } else { "unknown" }
        return try Sample.reference(uid, obligation: name)
    }

    private mutating func digest() throws -> TransactionDigest {
        events += 1
        return try Sample.digest(events)
    }
}

extension JSONValue {
    fileprivate subscript(name: String) -> JSONValue {
        if case .object(let object) = self { object[name] ?? .null } else { .null }
    }

    fileprivate var array: [JSONValue] {
        get throws { if case .array(let values) = self { values } else { throw TraceError() } }
    }

    fileprivate var number: Int64 {
        get throws { if case .integer(let value) = self { value } else { throw TraceError() } }
    }

    fileprivate var text: String {
        get throws { if case .string(let value) = self { value } else { throw TraceError() } }
    }

    fileprivate var flag: Bool {
        get throws { if case .bool(let value) = self { value } else { throw TraceError() } }
    }
}
