import Determinism
import Identifiers
import Observability
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct FollowerTests {
    @Test("every window is booked once and in order, read ahead or one at a time")
    func inOrder() async throws {
        let world = try await FollowerWorld()
        world.add([try EscrowWorld.opened(1)])
        for number in 1...60 {
            world.add([try EscrowWorld.deposited(1, 10, UInt64(number) * 10)])
        }
        var limits = FollowerLimits()
        limits.windowCheckpoints = 7
        let follower = world.follower(limits: limits)
        let first = try await follower.step(as: world.base.leader)
        #expect(first.mark == 6)
        #expect(first.behind == 55)
        try await follower.catchUp(as: world.base.leader)
        #expect(follower.lastStep?.mark == 61)
        #expect(follower.lastStep?.isCaughtUp == true)
        #expect(try await world.balance(1) == 600)
        #expect(try await world.base.count("escrow_breaks") == 0)
        let ranges = world.node.told.ranges
        #expect(Set(ranges.map(\.lowerBound)) == Set(stride(from: 0, through: 61, by: 7)))
        try await follower.catchUp(as: world.base.leader)
        #expect(world.node.told.ranges.count == ranges.count)
        try await world.base.expectBalanced()
        #expect(world.metrics.text().contains("sluice_follower_lag_checkpoints 0"))
        #expect(world.metrics.text().contains("sluice_follower_events_total 61"))
    }

    @Test("a checkpoint that the index has not passed does not count")
    func unindexed() async throws {
        let world = try await FollowerWorld()
        world.add([try EscrowWorld.opened(1), try EscrowWorld.deposited(1, 5, 5)])
        world.node.write { $0.indexLag = 1 }
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        #expect(follower.lastStep?.mark == 0)
        #expect(follower.lastStep?.behind == 1)
        #expect(try await world.base.count("escrow_accounts") == 0)
        world.node.write { $0.indexLag = 0 }
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.balance(1) == 5)
    }

    @Test("look-alikes, other coins and unreadable contents change nothing for others")
    func lookAlikes() async throws {
        let world = try await FollowerWorld()
        let charged = try EscrowWorld.charged(1, 1, 10, [UInt8](repeating: 1, count: 32), after: 0)
        world.add([try EscrowWorld.opened(1), try EscrowWorld.deposited(1, 10, 10)])
        world.add(
            [charged],
            of: EscrowContract(package: try Sample.address(999), coin: world.contract.coin))
        world.add(
            [charged],
            of: EscrowContract(
                package: world.contract.package,
                coin: .structure(StructTag(try Sample.address(9), "usdc", "USDC"))))
        try world.add(world.contract.type(of: .charged), bcs: [1, 2, 3], digest: 77)
        try world.add(world.contract.type(of: .charged), bcs: charged.bcs + [0], digest: 78)
        try world.add(
            StructTag(world.contract.package, "account", "Seized", [world.contract.coin]),
            bcs: [1], digest: 79)
        world.add([try EscrowWorld.deposited(1, 1, 11)])
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.balance(1) == 11)
        #expect(try await world.base.count("escrow_breaks") == 0)
        #expect(
            try await world.base.count(
                "escrow_transactions", where: "standing = 'unreadable' AND name = 'Charged'") == 2)
        #expect(try await world.base.count("escrow_transactions") == 5)
        #expect(world.metrics.text().contains("sluice_follower_unreadable_total 2"))
        // The other coin's and the unknown one; another package's are nothing of ours.
        #expect(world.metrics.text().contains("sluice_follower_unmatched_total 2"))
        try await world.base.expectBalanced()
    }

    @Test("two published packages are followed side by side")
    func twoContracts() async throws {
        let world = try await FollowerWorld()
        let other = EscrowContract(package: try Sample.address(800), coin: world.contract.coin)
        world.add([try EscrowWorld.opened(1), try EscrowWorld.deposited(1, 10, 10)])
        world.add([try EscrowWorld.opened(2), try EscrowWorld.deposited(2, 7, 7)], of: other)
        world.add([try EscrowWorld.deposited(1, 1, 11)])
        let follower = world.follower(contracts: [world.contract, other])
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.balance(1) == 11)
        #expect(try await world.balance(2) == 7)
        try await world.base.expectBalanced()
    }

    @Test("dust by the thousand in one checkpoint is booked, in several commits and once")
    func dust() async throws {
        let world = try await FollowerWorld()
        let count = Bookkeeper.eventLimit * 2 + 10
        var events = [try EscrowWorld.opened(1)]
        for number in 1...count {
            events.append(try EscrowWorld.deposited(1, 1, UInt64(number)))
        }
        world.add(events)
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.balance(1) == Int64(count))
        #expect(try await world.base.count("escrow_transactions") == count + 1)
        #expect(try await world.base.count("escrow_breaks") == 0)
        try await world.base.expectBalanced()
    }

    @Test("a stop between two commits of one window is made up for, and nothing is booked twice")
    func stopWithinWindow() async throws {
        let world = try await FollowerWorld()
        var events = [try EscrowWorld.opened(1)]
        for number in 1...Bookkeeper.eventLimit + 5 {
            events.append(try EscrowWorld.deposited(1, 1, UInt64(number)))
        }
        world.add(events)
        // What the second commit writes is refused, as by a database that goes away.
        try await world.base.store.run(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P01'; END $$;
            CREATE TRIGGER stop BEFORE INSERT ON escrow_transactions
                FOR EACH ROW WHEN (NEW.event_seq = \(Bookkeeper.eventLimit + 3))
                EXECUTE FUNCTION refuse()
            """)
        let follower = world.follower()
        await #expect(throws: FollowerError.self) {
            try await follower.catchUp(as: world.base.leader)
        }
        #expect(
            try await world.base.count("escrow_transactions") == Bookkeeper.eventLimit)
        #expect(try await world.base.bookkeeper.mark() == -1)
        try await world.base.expectBalanced()
        try await world.base.store.run("DROP TRIGGER stop ON escrow_transactions")
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.balance(1) == Int64(Bookkeeper.eventLimit + 5))
        #expect(try await world.base.count("escrow_breaks") == 0)
        try await world.base.expectBalanced()
    }

    @Test("a commit whose answer is lost is looked for, and not done twice")
    func lostAnswer() async throws {
        let world = try await FollowerWorld()
        let proxy = try StallingProxy(to: world.base.store.cluster.port)
        defer { proxy.stop() }
        let database = try Database(
            DatabaseConfiguration(
                url: world.base.store.url(port: proxy.port), poolSize: 2,
                deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        let bookkeeper = Bookkeeper(
            database: database, surroundings: world.base.time.surroundings,
            operators: [try Sample.address(EscrowWorld.operatorID)])
        // The commit itself waits until the proxy lets no answer through any more.
        try await world.base.store.run(
            """
            CREATE TABLE gate (open boolean); INSERT INTO gate VALUES (false);
            GRANT ALL ON gate TO PUBLIC;
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                FOR i IN 1..6000 LOOP
                    EXIT WHEN (SELECT open FROM gate);
                    PERFORM pg_sleep(0.01);
                END LOOP; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON escrow_accounts
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()
            """)
        world.add([try EscrowWorld.opened(1), try EscrowWorld.deposited(1, 5, 5)])
        let follower = world.follower(bookkeeper: bookkeeper)
        let step = Task { try await follower.step(as: world.base.leader) }
        let isCommitting = try await eventually {
            try await world.base.store.value(
                "SELECT 1 FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'"
                    + " AND datname = current_database()") == "1"
        }
        #expect(isCommitting)
        proxy.set(.stalledForExisting)
        #expect(await eventually { proxy.isInForce })
        try await world.base.store.run("UPDATE gate SET open = true")
        let isCommitted = try await eventually { try await world.base.bookkeeper.mark() == 1 }
        #expect(isCommitted)
        proxy.set(.cutForExisting)
        #expect(try await step.value.mark == 1)
        #expect(try await world.base.bookkeeper.mark() == 1)
        #expect(try await world.balance(1) == 5)
        #expect(try await world.base.count("escrow_transactions") == 2)
    }

    @Test("history that the node no longer has is an error, and never skipped")
    func pruned() async throws {
        let world = try await FollowerWorld()
        for _ in 1...20 { world.add([]) }
        world.node.write { $0.firstAvailable = 10 }
        // Nothing is configured: not even then does it begin at what is left.
        let unset = FollowerError.historyPruned(next: 0, firstAvailable: 10)
        await #expect(throws: unset) {
            try await world.follower().catchUp(as: world.base.leader)
        }
        #expect("\(unset)".contains("SLUICE_ESCROW_FIRST_CHECKPOINT"))
        #expect(try await world.base.bookkeeper.mark() == nil)
        let early = world.follower(first: 3)
        await #expect(throws: FollowerError.historyPruned(next: 3, firstAvailable: 10)) {
            try await early.catchUp(as: world.base.leader)
        }
        #expect(try await world.base.bookkeeper.mark() == nil)
        let follower = world.follower(first: 12)
        _ = try await follower.step(as: world.base.leader)
        let mark = try #require(try await world.base.bookkeeper.mark())
        #expect(mark == 20)
        for _ in 1...20 { world.add([]) }
        world.node.write { $0.firstAvailable = 25 }
        await #expect(throws: FollowerError.historyPruned(next: 21, firstAvailable: 25)) {
            try await follower.catchUp(as: world.base.leader)
        }
        #expect(try await world.base.bookkeeper.mark() == mark)
    }

    @Test(
        "what stops following is logged once, with what it is, until it goes on",
        arguments: [
            ("pruned", "the node's history begins at 2"),
            ("range", "another range than asked for"),
            ("epoch", "an epoch that runs backwards or ahead"),
        ])
    func logged(fault: String, reason: String) async throws {
        let world = try await FollowerWorld()
        for _ in 1...3 { world.add([]) }
        world.node.write { script in
            if fault == "pruned" { script.firstAvailable = 2 }
            script.distort = { Self.distorted($0, fault) }
        }
        var limits = FollowerLimits()
        limits.pollMilliseconds = 1
        limits.retryMilliseconds = 1
        let log = try CapturedLog()
        let follower = world.follower(limits: limits, logger: log.logger)
        let run = Task { try await follower.run(as: world.base.leader) }
        let stopped = await eventuallyValue { log.lines().first { $0.contains("has stopped") } }
        #expect(stopped?.contains("following has stopped") == true)
        #expect(stopped?.contains(#""level":"error""#) == true)
        #expect(stopped?.contains(reason) == true)
        // It has come to the same end again.
        let isRepeated = await eventually {
            !world.metrics.text().contains("sluice_follower_errors_total 1\n")
        }
        #expect(isRepeated)
        world.node.write {
            $0.firstAvailable = 0
            $0.distort = nil
        }
        #expect(await eventually { follower.lastStep?.mark == 3 })
        run.cancel()
        try await run.value
        let lines = log.lines()
        #expect(!lines.contains { $0.contains("following has stopped") })
        #expect(lines.count { $0.contains("following again") } == 1)
    }

    private static func distorted(_ answer: NodeCheckpoints, _ fault: String) -> NodeCheckpoints {
        let (first, last) = (answer.range.lowerBound, answer.range.upperBound)
        return NodeCheckpoints(
            range: fault == "range" ? first...last + 1 : answer.range,
            epoch: fault == "epoch" ? answer.epoch + 1 : answer.epoch, events: answer.events,
            transactions: answer.transactions, at: answer.at)
    }

    @Test("a deposed leader books nothing and its run ends")
    func deposed() async throws {
        let world = try await FollowerWorld()
        world.add([try EscrowWorld.opened(1)])
        try await world.base.direct.releaseLeaderLock()
        _ = try #require(try await Leadership(direct: world.base.direct).take(as: "second"))
        await #expect(throws: FollowerError.deposed) {
            try await world.follower().run(as: world.base.leader)
        }
        #expect(try await world.base.count("escrow_accounts") == 0)
        #expect(try await world.base.bookkeeper.mark() == nil)
    }

    @Test("a run goes on after whatever was wrong, with smaller windows, and says what it is")
    func goesOn() async throws {
        let world = try await FollowerWorld()
        world.add([try EscrowWorld.opened(1), try EscrowWorld.deposited(1, 5, 5)])
        for _ in 1...30 { world.add([]) }
        world.node.write { $0.failures = [.unavailable, .unavailable, .wrongChain] }
        var limits = FollowerLimits()
        limits.windowCheckpoints = 16
        limits.windowsAhead = 1
        limits.pollMilliseconds = 1
        limits.retryMilliseconds = 10
        let follower = world.follower(limits: limits)
        let run = Task { try await follower.run(as: world.base.leader) }
        #expect(await eventually { follower.lastStep?.mark == 31 })
        run.cancel()
        try await run.value
        #expect(follower.fault == nil)
        let sizes = world.node.told.ranges.map(\.count)
        #expect(sizes.prefix(4) == [10, 2, 1, 1])
        #expect(try await world.balance(1) == 5)
        #expect(world.metrics.text().contains("sluice_follower_errors_total 3"))
    }
}
