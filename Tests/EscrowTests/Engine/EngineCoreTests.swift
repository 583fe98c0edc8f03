import Determinism
import Identifiers
import SuiProtocol
import Testing

@testable import Escrow

@Suite struct EngineCoreTests {
    static let now = Timestamp(milliseconds: 1_800_000_000_000)
    static let later = now.adding(seconds: 100)

    static func lane(
        _ number: Int, _ balance: UInt64 = 1_000_000_000, isClaimed: Bool = false
    ) throws -> LaneCoin {
        LaneCoin(
            coin: GasCoin(reference: try Sample.gas(number, version: 1), balance: balance),
            isClaimed: isClaimed)
    }

    static func operation(_ number: Int, amount: Int64 = 10, attempts: Int64 = 0) throws
        -> EngineOperation
    {
        EngineOperation(
            fixed: .init(
                charge: try Sample.chargeID(number), account: try Sample.account(number),
                sequence: 1, amount: MicroUSDC(amount),
                reference: try Sample.reference(number, obligation: "o")),
            kind: .charge, sharedSince: 1, attempts: attempts)
    }

    static func planned(_ number: Int, amount: Int64 = 10, isFenced: Bool = false) throws
        -> PlannedOperation
    {
        PlannedOperation(operation: try operation(number, amount: amount), isFenced: isFenced)
    }

    static func live(
        _ purpose: LiveBatch.Purpose, lastEpoch: Int64 = 6, isWanted: Bool = true
    ) throws -> LiveBatch {
        LiveBatch(
            digest: try Sample.digest(1), lineage: [1], purpose: purpose,
            gas: try Sample.gas(1, version: 1), lastEpoch: lastEpoch, signedAt: now,
            isWanted: isWanted)
    }

    static func view(
        epoch: Int64 = 5, coins: [LaneCoin] = [], live: [LiveBatch] = [], dead: [DeadBatch] = []
    ) -> EngineView {
        EngineView(
            bookedEpoch: epoch, chainEpoch: epoch, coins: coins, live: live, dead: dead,
            cancellations: [], signedWithinHour: .zero)
    }

    // MARK: - What was sent

    enum Done: String, Equatable {
        case nothing, send, renew, release
    }

    static func told(_ steps: [EngineStep]) -> Done {
        switch steps.first {
        case .send: .send
        case .renew: .renew
        case .release: .release
        case nil, .sign, .rebuild, .withdraw, .maintain: .nothing
        }
    }

    @Test(
        "silence is no outcome: bytes are asked for and sent again, and never given up",
        arguments: [
            (EngineMemory.Sending?.none, LiveBatch.Purpose.charge, Int64(6), Done.send),
            (.underWay(tries: 3), .charge, 6, .nothing),
            (.answered(askAgainAt: later), .charge, 6, .nothing),
            (.answered(askAgainAt: now), .charge, 6, .send),
            (.silent(tries: 99, dueAt: later), .charge, 6, .nothing),
            (.silent(tries: 99, dueAt: now), .charge, 6, .send),
            (.refused(tries: 1, dueAt: later), .charge, 6, .nothing),
            (.refused(tries: 1, dueAt: now), .charge, 6, .send),
            (.refused(tries: 99, dueAt: now), .charge, 6, .release),
            (.refused(tries: 99, dueAt: now), .maintenance, 6, .send),
            // In its last epoch a refused one is built again; past it, every one.
            (.refused(tries: 1, dueAt: now), .charge, 5, .renew),
            (.none, .charge, 4, .renew),
            (.none, .refund, 4, .renew),
            // A cancellation is signed anew only once it is dead.
            (.none, .cancel, 4, .nothing),
            (.none, .maintenance, 4, .nothing),
        ])
    func afterSending(
        sending: EngineMemory.Sending?, purpose: LiveBatch.Purpose, lastEpoch: Int64, done: Done
    ) throws {
        var core = EngineCore(settings: .init())
        let batch = try Self.live(purpose, lastEpoch: lastEpoch)
        core.memory.sends[batch.digest] = sending
        #expect(Self.told(core.upkeep(Self.view(live: [batch]), at: Self.now)) == done)
    }

    @Test("what nobody waits for any more is sent on, and never built again")
    func unwanted() throws {
        var core = EngineCore(settings: .init())
        let old = try Self.live(.charge, lastEpoch: 4, isWanted: false)
        #expect(core.upkeep(Self.view(live: [old]), at: Self.now).isEmpty)
        let current = try Self.live(.charge, isWanted: false)
        #expect(Self.told(core.upkeep(Self.view(live: [current]), at: Self.now)) == .send)
    }

    // MARK: - What died

    static func dead(
        _ cause: DeadBatch.Cause, _ numbers: ClosedRange<Int>, attempts: Int64 = 1
    ) throws -> DeadBatch {
        DeadBatch(
            digest: try Sample.digest(9), lineage: [9], purpose: .charge,
            operations: try numbers.map { try operation($0, attempts: attempts) }, cause: cause,
            signedAt: now)
    }

    @Test(
        "a dead batch is split only where it is itself to blame",
        arguments: [
            (DeadBatch.Cause.consumed, [4]), (.never, [2, 2]), (.failed(named: []), [2, 2]),
        ])
    func split(cause: DeadBatch.Cause, sizes: [Int]) throws {
        let batch = try Self.dead(cause, 1...4)
        #expect(batch.parts(without: [:]).map(\.count) == sizes)
        #expect(batch.parts(without: [:]).flatMap { $0 } == batch.operations)
        let one = try Self.dead(cause, 1...1)
        #expect(one.parts(without: [:]).map(\.count) == [1])
    }

    @Test("what a failure names goes alone, also where it is gone already")
    func named() throws {
        let third = try Self.operation(3).id
        let batch = try Self.dead(.failed(named: [third]), 1...4)
        #expect(batch.parts(without: [:]).map { $0.map(\.id) }.first == [third])
        #expect(batch.parts(without: [:]).map(\.count) == [1, 3])
        let other = try Self.dead(.failed(named: [third]), 4...6)
        #expect(other.parts(without: [:]).map(\.count) == [3])
        let rest = batch.parts(without: [third: Self.later])
        #expect(rest.map(\.count) == [3])
    }

    @Test("operations that were built in vain again and again rest longer and longer")
    func rest() throws {
        #expect(try Self.dead(.never, 1...1, attempts: 2).isDue(at: Self.now))
        let third = try Self.dead(.never, 1...1, attempts: 3)
        #expect(!third.isDue(at: Self.now))
        #expect(third.isDue(at: Self.now.adding(seconds: 2)))
        let many = try Self.dead(.failed(named: []), 1...1, attempts: 1000)
        #expect(!many.isDue(at: Self.now.adding(seconds: 299)))
        #expect(many.isDue(at: Self.now.adding(seconds: 300)))
        #expect(try Self.dead(.consumed, 1...1, attempts: 8).isDue(at: Self.now))
    }

    @Test("what died takes lanes before anything new does, one each")
    func rebuilds() throws {
        var core = EngineCore(settings: .init())
        let view = Self.view(
            coins: try (1...3).map { try Self.lane($0) }, dead: [try Self.dead(.never, 1...4)])
        let steps = core.upkeep(view, at: Self.now)
        let lanes = steps.compactMap { step -> LaneCoin? in
            if case .rebuild(.charge, _, after: _, on: let lane) = step { lane } else { nil }
        }
        #expect(lanes.count == 2 && Set(lanes).count == 2)
        #expect(core.lanesForPlanned == 0)  // The last is kept for what may have to be cancelled.
    }

    // MARK: - What is planned

    private static func ready(_ lanes: Int, _ settings: EngineSettings = .init()) throws
        -> EngineCore
    {
        var core = EngineCore(settings: settings)
        let coins = try (1...lanes).map { try lane(100 + $0) }
        _ = core.upkeep(view(coins: coins), at: now)
        return core
    }

    @Test("charges wait a little for company, and whole batches do not wait")
    func filling() throws {
        var settings = EngineSettings()
        settings.batchLimit = 2
        settings.fillMilliseconds = 100
        var core = try Self.ready(8, settings)
        let view = Self.view()
        let three = try (1...3).map { try Self.planned($0) }
        #expect(core.take(three, view, at: Self.now).steps.count == 1)
        let one = [try Self.planned(3)]
        #expect(core.take(one, view, at: Self.now.adding(milliseconds: 99)).steps.isEmpty)
        #expect(core.take(one, view, at: Self.now.adding(milliseconds: 100)).steps.count == 1)
        #expect(core.memory.fillingSince == nil)
    }

    @Test("cancellations of fenced operations stand alone and leave lanes for charges")
    func alone() throws {
        var core = try Self.ready(9)
        let many = try (1...20).map { try Self.planned($0, isFenced: true) }
        let charge = try Self.planned(99)
        let steps = core.take(
            many + [charge], Self.view(), at: Self.now
        ).steps
        #expect(steps.count == 4)
        for case .sign(let purpose, let operations, on: _) in steps {
            #expect(purpose == .cancel && operations.count == 1)
        }
        #expect(core.lanesForPlanned == 4)
    }

    @Test("caps keep back what is above them, and what would add up to too much")
    func caps() throws {
        var settings = EngineSettings()
        settings.capSingle = MicroUSDC(50)
        settings.capHour = MicroUSDC(100)
        settings.fillMilliseconds = 0
        var core = try Self.ready(4, settings)
        var view = Self.view()
        view.signedWithinHour = MicroUSDC(30)
        let planned = [
            try Self.planned(1, amount: 51), try Self.planned(2, amount: 50),
            try Self.planned(3, amount: 21), try Self.planned(4, amount: 20),
        ]
        let (steps, held) = core.take(planned, view, at: Self.now)
        #expect(held.aboveSingle == [try Sample.chargeID(1)] && held.aboveHour == 1)
        guard case .sign(.charge, let operations, on: _)? = steps.first else {
            Issue.record("nothing is signed")
            return
        }
        #expect(operations.map(\.id) == [try Sample.chargeID(2), try Sample.chargeID(4)])
        view.signedWithinHour = .max
        #expect(core.take(planned, view, at: Self.now).steps.isEmpty)
    }

    @Test("what is kept back is in nobody's way: the next look begins behind it")
    func keptBack() throws {
        var settings = EngineSettings()
        settings.capSingle = MicroUSDC(50)
        settings.fillMilliseconds = 100
        var core = try Self.ready(4, settings)
        let above = try (1...3).map { try Self.planned($0, amount: 51) }
        core.memory.suspended[try Sample.chargeID(2)] = Self.later
        #expect(core.take(above, Self.view(), at: Self.now).steps.isEmpty)
        #expect(core.memory.cursor == (try Sample.account(3)))
        // One that waits for company is looked at again, and what is behind it with it.
        let mixed = above + [try Self.planned(4), try Self.planned(5, amount: 51)]
        #expect(core.take(mixed, Self.view(), at: Self.now).steps.isEmpty)
        #expect(core.memory.cursor == (try Sample.account(3)))
        let then = Self.now.adding(milliseconds: 100)
        #expect(core.take(mixed, Self.view(), at: then).steps.count == 1)
        #expect(core.memory.cursor == (try Sample.account(5)))
        #expect(core.take([], Self.view(), at: then).steps.isEmpty)
        #expect(core.memory.cursor == (try Sample.account(5)))
    }

    @Test("a node that lied once of what a transaction costs is asked again")
    func liedOfGas() throws {
        var core = EngineCore(settings: .init())
        let coins = try (1...3).map { try Self.lane($0, 400_000_000) }
        core.budgets.learn(
            GasCosts(computation: 5_000_000_000, storage: 0, rebate: 0), of: .charge,
            operations: 1, price: 2)
        _ = core.upkeep(Self.view(coins: coins), at: Self.now)
        #expect(core.lanesForPlanned > 0)
        #expect(core.budgets.budget(.charge, operations: 1, price: 2) == nil)
        // Said again, it may be so: larger coins are made, and it is not asked all the time.
        core.budgets.learn(
            GasCosts(computation: 700_000_000, storage: 0, rebate: 0), of: .charge,
            operations: 1, price: 2)
        _ = core.upkeep(Self.view(coins: coins), at: Self.now.adding(seconds: 9))
        #expect(core.lanesForPlanned == 0)
        #expect(core.budgets.budget(.charge, operations: 1, price: 2) == 1_055_000_000)
    }

    @Test("after failures in a row nothing new is read for a while, and one success ends that")
    func trouble() throws {
        var core = try Self.ready(4)
        #expect(core.appetite(at: Self.now) > 0)
        for number in 1...3 {
            var batch = try Self.dead(.failed(named: []), 1...1, attempts: 1)
            batch = DeadBatch(
                digest: batch.digest, lineage: [UInt8(number)], purpose: .charge,
                operations: batch.operations, cause: batch.cause, signedAt: Self.now)
            _ = core.upkeep(Self.view(dead: [batch]), at: Self.now)
        }
        #expect(core.memory.isSuspicious)
        #expect(core.appetite(at: Self.now) == 0)
        let live = try Self.live(.charge)
        _ = core.upkeep(Self.view(live: [live]), at: Self.now)
        let coins = try (1...4).map { try Self.lane($0) }
        _ = core.upkeep(Self.view(coins: coins), at: Self.now)
        #expect(!core.memory.isSuspicious)
        #expect(core.appetite(at: Self.now) > 0)
    }
}
