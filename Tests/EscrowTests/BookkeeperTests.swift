import Determinism
import Identifiers
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct BookkeeperTests {
    @Test("a window is booked once: neither twice nor out of order")
    func once() async throws {
        let world = try await EscrowWorld()
        _ = try await world.customer(1, balance: 100)
        let mark = try #require(try await world.bookkeeper.mark())
        let event = RawEvent(
            id: try Sample.event(1), checkpoint: mark + 1, at: world.time.surroundings.now(),
            try EscrowWorld.deposited(1, 5, 105))
        let window = CheckpointWindow(
            first: mark + 1, last: mark + 4, epoch: 1, events: [event, event])
        #expect(try await world.bookkeeper.book(window, as: world.leader).isBooked)
        #expect(try await world.bookkeeper.book(window, as: world.leader).isBooked == false)
        let gap = CheckpointWindow(first: mark + 6, last: mark + 6, epoch: 1, events: [event])
        #expect(try await world.bookkeeper.book(gap, as: world.leader).isBooked == false)
        let again = CheckpointWindow(first: mark + 5, last: mark + 5, epoch: 1, events: [event])
        let summary = try await world.bookkeeper.book(again, as: world.leader)
        #expect(summary.isBooked && summary.events == 0)
        #expect(try await world.bookkeeper.mark() == mark + 5)
        #expect(try await world.database.ledgerBalance(.escrow(Sample.account(1))) == 105)
        try await world.expectBalanced()
    }

    @Test("strangers' accounts, operators and events are stored as they came and book nothing")
    func strangers() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        let reference = try await world.reference(id)
        let most = UInt64(Int64.max)
        let summary = try await world.book(
            5,
            [
                (2, try EscrowWorld.opened(2, operator: 901)),
                (2, try EscrowWorld.charged(2, 1, 10, reference, after: 90)),
                (3, try EscrowWorld.charged(3, 1, most, reference, after: most)),
                (3, try EscrowWorld.charged(3, .max, .max, reference, after: .max)),
                (
                    0,
                    .operatorCreated(
                        .init(
                            operator: try Sample.address(1), charger: try Sample.address(2),
                            treasury: try Sample.address(3)))
                ),
            ])
        #expect(summary.events == 5)
        #expect(summary.breaks == [])
        #expect(try await world.state(id) == .planned)
        #expect(try await world.count("escrow_transactions", where: "standing = 'foreign'") == 3)
        #expect(try await world.count("escrow_transactions", where: "standing = 'unreadable'") == 2)
        #expect(try await world.count("escrow_accounts") == 1)
        try await world.expectBalanced()
    }

    @Test("a second account of an owner is mirrored, and not the one that is charged")
    func secondAccount() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 5)
        try await world.book(
            1,
            [
                (2, try EscrowWorld.opened(2, owner: 1)),
                (2, try EscrowWorld.deposited(2, 1000, 1000)),
            ])
        let row = try #require(try await world.database.primaryAccount(of: customer))
        #expect(row.mirror.id == (try Sample.account(1)))
        await #expect(
            throws: ChargeError.insufficientBalance(
                available: MicroUSDC(5), required: MicroUSDC(6))
        ) {
            try await world.charges.plan(world.newCharge(customer, 6, key: "a"))
        }
        try await world.expectBalanced()
    }

    @Test(
        "a stranger's reference under our sequence is booked, freezes the account, ends what it displaced"
    )
    func displaced() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let signed = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        world.time.advance(milliseconds: 5)
        let waiting = try await world.charges.plan(world.newCharge(customer, 10, key: "b")).id
        let gas = try await world.gas(50)
        let batch = try await world.batch(.charge, [(signed, 1)], gas: gas, digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        let foreign = [UInt8](repeating: 9, count: 32)
        let summary = try await world.book(
            2, [(1, try EscrowWorld.charged(1, 1, 40, foreign, after: 60))])
        #expect(summary.breaks.map(\.what) == [.strangerReference])
        #expect(try await world.state(signed) == .abandoned)
        #expect(try await world.state(waiting) == .abandoned)
        #expect(try await world.count("charges", where: "is_adopted AND state = 'settled'") == 1)
        #expect(try await world.count("escrow_breaks", where: "resolved_at IS NULL") == 1)
        try await world.expectBalanced()
        #expect(try await world.acceptBreaks() == 1)
        _ = try await world.charges.plan(world.newCharge(customer, 10, key: "c"))
    }

    @Test("a charge that the database lost is written from the chain, and not made again")
    func adopted() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let planned = try await world.charges.plan(
            world.newCharge(customer, 10, key: "a", invoice: "i-1")
        ).id
        let lost = try Sample.reference(4242, obligation: "i-1")
        let summary = try await world.book(
            2, [(1, try EscrowWorld.charged(1, 1, 10, lost.bytes, after: 90))])
        #expect(summary.breaks == [])
        #expect(try await world.state(planned) == .abandoned)
        #expect(try await world.state(Sample.chargeID(4242)) == .settled)
        await #expect(throws: ChargeError.alreadyCharged(try Sample.chargeID(4242))) {
            try await world.charges.plan(
                world.newCharge(customer, 10, key: "b", invoice: "i-1"))
        }
        try await world.expectBalanced()
    }

    @Test("declined releases the hold and uses the sequence; stale does neither")
    func declined() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 50, key: "a")).id
        let gas = try await world.gas(50)
        let batch = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        let reference = try await world.reference(id)
        try await world.book(2, [(1, try EscrowWorld.withdrawn(1, 60, 40))])
        try await world.expectBalanced()
        try await world.book(
            3, [(1, try EscrowWorld.declined(1, 5, 50, reference, .stale, balance: 40))])
        #expect(try await world.state(id) == .signed)
        let event = try EscrowWorld.declined(
            1, 1, 50, reference, .insufficientBalance, balance: 40)
        let summary = try await world.book(4, [(1, event)])
        #expect(summary.breaks == [])
        #expect(try await world.state(id) == .declined)
        let row = try #require(try await world.database.account(Sample.account(1)))
        #expect(row.mirror.sequence == 1)
        #expect(row.held == .zero)
        _ = try await world.charges.plan(world.newCharge(customer, 40, key: "b"))
        try await world.expectBalanced()
    }

    @Test("another amount than the signed one is booked as the chain has it, and is a break")
    func otherAmount() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        let reference = try await world.reference(id)
        let summary = try await world.book(
            2, [(1, try EscrowWorld.charged(1, 1, 25, reference, after: 75))])
        #expect(summary.breaks.map(\.what) == [.amount])
        #expect(try await world.state(id) == .settled)
        #expect(try await world.database.ledgerBalance(.revenue) == 25)
        let twice = try await world.book(
            3, [(1, try EscrowWorld.charged(1, 2, 25, reference, after: 50))])
        #expect(twice.breaks.map(\.what) == [.unexpectedOutcome])
        #expect(try await world.database.ledgerBalance(.revenue) == 50)
        try await world.expectBalanced()
    }

    @Test(
        "the ledger takes the names of its accounts and no other",
        arguments: [
            ("chain", true), ("revenue", true), ("adjustments", true),
            ("held/0x" + String(repeating: "0a", count: 32), true),
            ("escrow/0x" + String(repeating: "f9", count: 32), true),
            ("", false), ("chains", false), ("chain\n", false),
            ("held/0x" + String(repeating: "0a", count: 31), false),
            ("held/0x" + String(repeating: "0a", count: 33), false),
            ("escrow/0x" + String(repeating: "0a", count: 31), false),
            ("escrow/0x" + String(repeating: "F9", count: 32), false),
            ("escrow/0x" + String(repeating: "0g", count: 32), false),
            ("escrow/0x" + String(repeating: "0a", count: 31) + "0\n", false),
            ("wallet/0x" + String(repeating: "0a", count: 32), false),
            ("/escrow/0x" + String(repeating: "0a", count: 32), false),
        ])
    func names(name: String, isOne: Bool) async throws {
        let world = try await EscrowWorld()
        _ = try await world.customer(1, balance: 100)
        let other = name == "chain" ? "revenue" : "chain"
        for (debit, credit) in [(name, other), (other, name)] {
            let entry = """
                INSERT INTO ledger_entries (at, purpose, account_id, debit_account, credit_account,
                    amount_micro_usdc, digest, event_seq, leg)
                SELECT now(), 'adjustment', account_id, '\(debit)', '\(credit)', 1,
                    sha256('\(debit)'), 0, 0 FROM escrow_accounts
                """
            if isOne {
                try await world.store.run(entry)
            } else {
                await #expect(throws: (any Error).self) { try await world.store.run(entry) }
            }
        }
    }
}
