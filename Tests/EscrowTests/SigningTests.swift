import Determinism
import Identifiers
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct SigningTests {
    @Test("a planned charge is signed, booked and settled once")
    func settles() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 30, key: "a")).id
        let gas = try await world.gas(50)
        let batch = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        #expect(try await world.state(id) == .signed)
        let event = try EscrowWorld.charged(1, 1, 30, try await world.reference(id), after: 70)
        let summary = try await world.book(1, [(1, event)])
        #expect(summary.ended == 1)
        #expect(summary.breaks == [])
        #expect(try await world.state(id) == .settled)
        #expect(try await world.database.ledgerBalance(.revenue) == 30)
        #expect(try await world.database.ledgerBalance(.escrow(Sample.account(1))) == 70)
        #expect(try await world.database.ledgerBalance(.held(Sample.account(1))) == 0)
        try await world.expectBalanced()
    }

    @Test("nothing is signed that is not as it was planned")
    func refused() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let first = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        world.time.advance(milliseconds: 5)
        let second = try await world.charges.plan(world.newCharge(customer, 10, key: "b")).id
        let gas = try await world.gas(50)
        let wrong: [(ChargeBatch.Purpose, ChargeID, Int64)] = [
            (.charge, first, 2), (.charge, second, 1), (.refund, first, 1), (.cancel, first, 1),
        ]
        for (number, (purpose, id, sequence)) in wrong.enumerated() {
            let batch = try await world.batch(
                purpose, [(id, sequence)], gas: gas, digest: 100 + number)
            #expect(try await world.signing.sign(batch, as: world.leader) == .operationsChanged)
        }
        let stale = try await world.batch(
            .charge, [(first, 1)], gas: Sample.gas(50, version: 2), digest: 200)
        #expect(try await world.signing.sign(stale, as: world.leader) == .gasTaken)
        #expect(try await world.count("charge_batches") == 0)
        #expect(try await world.count("gas_claims") == 0)
        let good = try await world.batch(.charge, [(first, 1)], gas: gas, digest: 201)
        #expect(try await world.signing.sign(good, as: world.leader) == .signed)
        let other = try await world.gas(51)
        let next = try await world.batch(.charge, [(second, 1)], gas: other, digest: 202)
        #expect(try await world.signing.sign(next, as: world.leader) == .operationsChanged)
        let taken = try await world.batch(.charge, [(second, 2)], gas: gas, digest: 203)
        #expect(try await world.signing.sign(taken, as: world.leader) == .gasTaken)
    }

    @Test("one bad operation keeps the whole batch from being signed")
    func wholeBatch() async throws {
        let world = try await EscrowWorld()
        var ids: [ChargeID] = []
        for number in 1...3 {
            let customer = try await world.customer(number, balance: 100)
            ids.append(
                try await world.charges.plan(world.newCharge(customer, 1, key: "\(number)")).id)
        }
        #expect(try await world.signing.withdraw(ids[1], as: world.leader))
        let gas = try await world.gas(50)
        let all = try await world.batch(.charge, ids.map { ($0, 1) }, gas: gas, digest: 1)
        #expect(try await world.signing.sign(all, as: world.leader) == .operationsChanged)
        let states = [try await world.state(ids[0]), try await world.state(ids[2])]
        #expect(states == [.planned, .planned])
    }

    @Test("a sequence that an event takes while it is being signed is not signed")
    func race() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 1000)
        let foreign = [UInt8](repeating: 9, count: 32)
        for round in 1...10 {
            let id = try await world.charges.plan(
                world.newCharge(customer, 1, key: "\(round)")
            ).id
            let gas = try await world.gas(60 + round)
            let sequence = Int64(round)
            let batch = try await world.batch(
                .charge, [(id, sequence)], gas: gas, digest: round)
            async let signed = world.signing.sign(batch, as: world.leader)
            try await world.book(
                500 + round,
                [
                    (
                        1,
                        try EscrowWorld.charged(
                            1, UInt64(sequence), 1, foreign, after: UInt64(1000 - round))
                    )
                ])
            _ = try await signed
            #expect(try await world.count("charges", where: "state = 'signed'") == 0)
            _ = try await world.acceptBreaks()
        }
        try await world.expectBalanced()
    }

    @Test("a rebuild spends the same gas for all that is left, until the follower says it is dead")
    func rebuild() async throws {
        let world = try await EscrowWorld()
        var ids: [ChargeID] = []
        for number in 1...2 {
            let customer = try await world.customer(number, balance: 100)
            ids.append(
                try await world.charges.plan(world.newCharge(customer, 1, key: "\(number)")).id)
        }
        let operations = ids.map { ($0, Int64(1)) }
        let gas = try await world.gas(50)
        let other = try await world.gas(51)
        let first = try await world.batch(.charge, operations, gas: gas, digest: 1)
        #expect(try await world.signing.sign(first, as: world.leader) == .signed)
        func rebuild(_ operations: [(ChargeID, Int64)], _ gas: ObjectReference, _ digest: Int)
            async throws -> SigningOutcome
        {
            let batch = try await world.batch(
                .charge, operations.map { (id: $0.0, sequence: $0.1) }, gas: gas, digest: digest,
                lastEpoch: 3)
            return try await world.signing.rebuild(batch, after: first.digest, as: world.leader)
        }
        #expect(try await rebuild(operations, other, 2) == .notDead)
        #expect(try await rebuild([operations[0]], gas, 3) == .operationsChanged)
        #expect(try await rebuild([(ids[0], 2), operations[1]], gas, 4) == .operationsChanged)
        #expect(try await rebuild(operations, gas, 5) == .signed)
        try await world.book(900, epoch: 3)
        #expect(try await rebuild(operations, other, 6) == .notDead)
        try await world.book(901, epoch: 4)
        #expect(try await rebuild([operations[0]], other, 7) == .signed)
        #expect(try await rebuild([operations[1]], gas, 8) == .signed)
        #expect(try await world.count("charge_batches") == 4)
        #expect(try await world.count("charges", where: "sequence = 1 AND state = 'signed'") == 2)
    }

    @Test("what was signed can be neither changed nor withdrawn, not even by SQL")
    func immutable() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        let gas = try await world.gas(50)
        let batch = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        #expect(try await world.signing.withdraw(id, as: world.leader) == false)
        for change in [
            "sequence = 2", "amount_micro_usdc = 9", "state = 'planned'", "sequence = NULL",
            "state = 'abandoned', abandon_reason = 'withdrawn', ended_at = now()",
            "state = 'settled', ended_at = now()", "kind = 'refund'", "state = 'unknown'",
        ] {
            await #expect(throws: (any Error).self, "\(change)") {
                try await world.store.run("UPDATE charges SET \(change)")
            }
        }
        for table in ["charges", "ledger_entries", "charge_batches", "escrow_transactions"] {
            await #expect(throws: (any Error).self, "\(table)") {
                try await world.store.run("DELETE FROM \(table)")
            }
            await #expect(throws: (any Error).self, "\(table)") {
                try await world.store.run("TRUNCATE \(table) CASCADE")
            }
        }
        await #expect(throws: (any Error).self) {
            try await world.store.run("UPDATE ledger_entries SET amount_micro_usdc = 1")
        }
        #expect(try await world.state(id) == .signed)
    }

    @Test("a fenced charge is only ever cancelled, and an event of its lost bytes still settles it")
    func fenced() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        #expect(try await world.signing.fencePlanned(as: world.leader) == 1)
        #expect(try await world.signing.withdraw(id, as: world.leader) == false)
        let gas = try await world.gas(50)
        let charge = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1)
        #expect(try await world.signing.sign(charge, as: world.leader) == .operationsChanged)
        let cancel = try await world.batch(.cancel, [(id, 1)], gas: gas, digest: 2)
        #expect(try await world.signing.sign(cancel, as: world.leader) == .signed)
        let again = try await world.batch(
            .cancel, [(id, 1)], gas: try await world.gas(51), digest: 3)
        #expect(try await world.signing.sign(again, as: world.leader) == .notDead)
        let event = try EscrowWorld.charged(1, 1, 10, try await world.reference(id), after: 90)
        try await world.book(7, [(1, event)])
        #expect(try await world.state(id) == .settled)
        try await world.expectBalanced()
    }

    @Test("refunds never exceed the charge, however they come")
    func refunds() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 30, key: "a")).id
        func refund(_ amount: Int64, _ key: String) async throws -> ChargeID {
            try await world.charges.plan(
                NewRefund(
                    charge: id, amount: MicroUSDC(amount), key: world.idempotencyKey(key))
            ).id
        }
        await #expect(throws: ChargeError.chargeNotSettled) { try await refund(1, "r0") }
        let gas = try await world.gas(50)
        let batch = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        let event = try EscrowWorld.charged(1, 1, 30, try await world.reference(id), after: 70)
        try await world.book(1, [(1, event)])
        await #expect(throws: ChargeError.refundExceedsCharge(remaining: MicroUSDC(30))) {
            try await refund(31, "r1")
        }
        let first = try await refund(20, "r2")
        await #expect(throws: ChargeError.refundExceedsCharge(remaining: MicroUSDC(10))) {
            try await refund(11, "r3")
        }
        #expect(try await refund(20, "r2") == first)
        let other = try await world.gas(51)
        let signed = try await world.batch(.refund, [(first, 2)], gas: other, digest: 2)
        #expect(try await world.signing.sign(signed, as: world.leader) == .signed)
        try await world.book(
            2,
            [
                (
                    1,
                    .refunded(
                        .init(
                            account: try Sample.address(1), sequence: 2, amount: 20,
                            reference: try await world.reference(first), balanceAfter: 90))
                )
            ])
        #expect(try await world.state(first) == .settled)
        #expect(try await world.database.ledgerBalance(.revenue) == 10)
        await #expect(throws: ChargeError.chargeUnknown) {
            try await world.charges.plan(
                NewRefund(charge: first, amount: MicroUSDC(1), key: world.idempotencyKey("x")))
        }
        try await world.expectBalanced()
    }

    @Test("bytes that were signed before are current again when they are built again")
    func repeated() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 1, key: "a")).id
        let gas = try await world.gas(50)
        let first = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1)
        let second = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 2)
        #expect(try await world.signing.sign(first, as: world.leader) == .signed)
        for (batch, earlier) in [(second, first), (first, second), (second, first)] {
            world.time.advance(milliseconds: 5)
            let outcome = try await world.signing.rebuild(
                batch, after: earlier.digest, as: world.leader)
            #expect(outcome == .signed)
            let live = try await world.database.liveBatches()
            #expect(live.map(\.digest) == [batch.digest])
            #expect(live.map(\.isWanted) == [true])
            let told = try await world.charges.details(id, .charge)
            #expect(told.progress.digest == batch.digest)
        }
        #expect(try await world.count("charge_batches") == 2)
        #expect(try await world.charges.details(id, .charge).progress.attempts == 4)
    }

    @Test("bytes that spend a refused lineage's gas are kept once, and are its last")
    func releasedTwice() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 1, key: "a")).id
        let gas = try await world.gas(50)
        let batch = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1, lastEpoch: 3)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        let release = SignedMaintenance(
            coins: [gas], lastEpoch: 2, digest: try Sample.digest(2), bytes: [1], signature: [2])
        for _ in 0..<2 {
            let isKept = try await world.signing.release(
                release, lineage: batch.digest.bytes, as: world.leader)
            #expect(isKept)
            #expect(try await world.database.liveBatches().map(\.digest) == [release.digest])
        }
    }
}
