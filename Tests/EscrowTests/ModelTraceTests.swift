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
        var steps = 0
        for trace in try ModelTrace.all() {
            var world = try TraceWorld(trace.balances)
            for step in trace.steps {
                try world.take(step)
                let said = try ModelTrace.Seen(step["after"])
                let seen = try world.seen()
                #expect(seen == said, "trace \(trace.number), step \(step)")
                guard seen == said else { return }
                steps += 1
            }
        }
        #expect(steps > 500)
    }
}

/// The code's side of a trace.
struct TraceWorld {
    private var accounts: [AccountMirror]
    private var records: [ChargeRecord] = []
    private var saved: ([AccountMirror], [ChargeRecord])?
    private var events = 0

    init(_ balances: [Int64]) throws {
        accounts = try balances.enumerated().map { place, balance in
            AccountMirror(
                id: try Sample.account(place + 1), owner: try Sample.address(place + 1),
                isPrimary: true, balance: MicroUSDC(balance), spendingLimit: .zero,
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
        case "epoch": break  // Nothing here depends on it.
        case "snapshot": saved = (accounts, records)
        case "restore": try restore()
        default: throw TraceError()
        }
    }

    func seen() throws -> ModelTrace.Seen {
        for record in records where record.hold > .zero { #expect(record.amount == record.hold) }
        return ModelTrace.Seen(
            rows: Dictionary(
                uniqueKeysWithValues: records.map { record in
                    let charge = record.charge
                    var sequence: Int64?
                    if case .signed(let signing) = charge.state { sequence = signing.sequence }
                    return (
                        Int(record.id.uuid.bytes[15]),
                        ModelTrace.Seen.words(
                            charge.kind, charge.state.name, sequence: sequence,
                            isFenced: charge.isFenced)
                    )
                }),
            accounts: accounts.map {
                ModelTrace.Seen.words(
                    balance: $0.balance.units, sequence: $0.sequence, isFrozen: $0.freeze != nil)
            })
    }

    private mutating func plan(_ step: JSONValue) throws {
        let number = Int(try step["uid"].number)
        let kind = try #require(Charge.Kind(rawValue: try step["kind"].text))
        records.append(
            ChargeRecord(
                id: try Sample.chargeID(number),
                account: accounts[Int(try step["account"].number)].id, amount: MicroUSDC(1),
                reference: try Self.reference(number, step["ob"], isRefund: kind == .refund),
                charge: Charge(kind)))
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
        try expectEntries(booking)
        accounts = accounts.compactMap { booking.accounts[$0.id] }
        records = booking.records.values.sorted { $0.id < $1.id }
    }

    /// The entries move what the mirrors and the holds say has moved.
    private func expectEntries(_ booking: Booking) throws {
        func moved(_ account: LedgerAccount) -> Int64 {
            booking.entries.reduce(0) { sum, entry in
                sum + (entry.credit == account ? entry.amount.units : 0)
                    - (entry.debit == account ? entry.amount.units : 0)
            }
        }
        func held(_ records: some Sequence<ChargeRecord>, _ account: AccountID) -> Int64 {
            records.reduce(0) { $0 + ($1.account == account ? $1.hold.units : 0) }
        }
        for before in accounts {
            let after = try #require(booking.accounts[before.id])
            let change = held(booking.records.values, before.id) - held(records, before.id)
            #expect(moved(.held(before.id)) == change)
            #expect(
                moved(.escrow(before.id)) + change == after.balance.units - before.balance.units)
        }
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
            sequence: try parts[2].number,
            reference: try Self.reference(uid, parts[4], isRefund: kind == "refunded").bytes)
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

    /// A stranger's has an obligation that nobody knows. A refund is for a request of its own, which
    /// cancellations name as the model does: below zero.
    private static func reference(
        _ uid: Int, _ obligation: JSONValue, isRefund: Bool
    ) throws -> ChargeReference {
        guard case .integer(let number) = obligation else {
            return try Sample.reference(uid, obligation: "unknown")
        }
        return try Sample.reference(uid, obligation: "\(isRefund ? -1 - number : number)")
    }

    private mutating func digest() throws -> TransactionDigest {
        events += 1
        return try Sample.digest(events)
    }
}
