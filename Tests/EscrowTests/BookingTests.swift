import Determinism
import Identifiers
import SuiProtocol
import Testing

@testable import Escrow

/// Whatever the chain says, and however little of it makes sense, the books balance.
@Suite struct BookingTests {
    @Test("any events in any order leave escrow and held equal to the chain", arguments: 1...40)
    func anything(seed: UInt64) throws {
        let chance = SimulatedWorld(seed: seed).surroundings
        func number(below limit: Int) -> Int { Int(chance.randomBytes(1)[0]) % limit }
        var booking = Booking(
            operators: [try Sample.address(900)], ownersWithAccount: [],
            accounts: [], records: try records())
        for index in 0..<200 {
            let account = 1 + number(below: 3)
            let fact = try self.fact(number(below: 10), account, number)
            booking.book(
                ChainEvent(
                    id: try Sample.event(index), checkpoint: Int64(index),
                    at: Timestamp(milliseconds: 0), account: try Sample.account(account),
                    fact: fact))
            try expectBalanced(booking)
        }
        let ids = booking.entries.map(\.cause)
        #expect(Set(ids).count == ids.count)
    }

    private func records() throws -> [ChargeRecord] {
        try (1...12).map { number in
            let state: Charge.State =
                number % 4 == 0
                ? .signed(.init(sequence: Int64(number), transaction: try Sample.digest(number)))
                : .planned
            return ChargeRecord(
                id: try Sample.chargeID(number), account: try Sample.account(1 + number % 3),
                amount: MicroUSDC(Int64(number)),
                reference: try Sample.reference(number, obligation: "i-\(number % 5)"),
                charge: Charge(number % 6 == 5 ? .refund : .charge, state: state))
        }
    }

    private func fact(
        _ kind: Int, _ account: Int, _ number: (Int) -> Int
    ) throws -> AccountFact {
        let operation = AccountFact.Operation(
            sequence: Int64(number(15)),
            reference: number(8) == 0
                ? [1, 2, 3]
                : try Sample.reference(number(20), obligation: "i-\(number(5))").bytes)
        let amount = MicroUSDC(Int64(1 + number(12)))
        let after = number(30) == 0 ? MicroUSDC.max : MicroUSDC(Int64(number(200)))
        return switch kind {
        case 0: .opened(try Sample.opening(account, operator: 899 + number(2)))
        case 1, 2: .deposited(amount, balanceAfter: after)
        case 3: .withdrawn(amount, balanceAfter: after)
        case 4: .limitChanged(from: .zero, to: amount)
        case 5, 6:
            .charged(
                operation, amount, balanceAfter: after, periodCharged: amount,
                periodStartMilliseconds: 0)
        case 7: .declined(operation, amount, .spendingLimit, balance: after, periodCharged: .zero)
        case 8: .cancelled(operation)
        default: .refunded(operation, amount, balanceAfter: after)
        }
    }

    /// All holds existed before the first event; what they released is what they were.
    private func expectBalanced(_ booking: Booking) throws {
        for mirror in booking.accounts.values {
            var escrow: Int128 = 0
            var held: Int128 = 0
            for record in try records() where record.account == mirror.id {
                held += Int128(record.hold.units)
                escrow -= Int128(record.hold.units)
            }
            for entry in booking.entries where entry.account == mirror.id {
                #expect(entry.amount > .zero)
                let amount = Int128(entry.amount.units)
                if entry.debit == .escrow(mirror.id) { escrow -= amount }
                if entry.credit == .escrow(mirror.id) { escrow += amount }
                if entry.debit == .held(mirror.id) { held -= amount }
                if entry.credit == .held(mirror.id) { held += amount }
            }
            #expect(escrow + held == Int128(mirror.balance.units))
            let live = booking.records.values.filter { $0.account == mirror.id }
                .reduce(Int128(0)) { $0 + Int128($1.hold.units) }
            #expect(held == live)
        }
    }

    @Test("an account's period moves by whole periods, and only on reading")
    func period() throws {
        let mirror = AccountMirror(
            try Sample.account(1), try Sample.opening(1), isPrimary: true)
        let start = mirror.periodStart
        let length = AccountMirror.periodMilliseconds
        #expect(mirror.period(at: start).endsAt == start.adding(milliseconds: length))
        let last = start.adding(milliseconds: length - 1)
        #expect(mirror.period(at: last).endsAt == start.adding(milliseconds: length))
        let next = start.adding(milliseconds: length)
        #expect(mirror.period(at: next).endsAt == start.adding(milliseconds: 2 * length))
    }

    @Test(
        "a ledger account has one spelling",
        arguments: ["", "escrow", "escrow/", "escrow/0x1", "Revenue", "revenue/", "held/chain"])
    func ledgerAccounts(text: String) throws {
        #expect(LedgerAccount(text) == nil)
        for account in [
            LedgerAccount.revenue, .chain, .adjustments, .escrow(try Sample.account(1)),
            .held(try Sample.account(2)),
        ] {
            #expect(LedgerAccount(account.description) == account)
        }
    }
}
