import Determinism
import Glibc
import Identifiers
import Observability
import SuiNodeClient
import SuiProtocol
import Synchronization
import TestSupport
import Testing

@testable import Escrow

/// What a restored database is held back by before it is charged from.
@Suite struct ArmingTests {
    /// Charged once, stopped, with a charge that is planned, and taken for another database.
    private static func restored(
        graphQL: Bool = true
    ) async throws -> (world: EngineWorld, customer: CustomerID, planned: ChargeID) {
        let world = try await EngineWorld(graphQL: graphQL)
        try await world.start()
        let customer = try await world.customer(11, balance: 1000)
        try await world.waitFor(.settled, of: [try await world.plan(customer, 1, key: "warm")])
        await world.stop()
        try world.identityFile.write(.armed(KnownDatabase(identity: "another")))
        return (world, customer, try await world.plan(customer, 10, key: "old"))
    }

    private static var impatient: EngineSettings {
        var settings = EngineSettings()
        settings.refitMilliseconds = 100
        return settings
    }

    private static func expectDisarmed(_ world: EngineWorld, _ words: String) async {
        let isSaid = await eventually {
            world.obstacles.contains {
                if case .disarmed(let why) = $0 { why.contains(words) } else { false }
            }
        }
        #expect(isSaid, "\(world.obstacles)")
    }

    private static func expectCharging(
        _ world: EngineWorld, _ customer: CustomerID, abandoned planned: ChargeID
    ) async throws {
        try await world.waitFor(.abandoned, of: [planned])
        try await world.waitFor(.settled, of: [try await world.plan(customer, 10, key: "new")])
        #expect(try await world.count("charges", where: "state = 'settled'") == 2)
        try await world.expectTruth()
        await world.stop()
    }

    @Test(
        "what only the chain has, or only the database, keeps it from being charged from",
        arguments: [
            ("escrow_transactions", "missing_in_ledger"), ("ledger_entries", "missing_in_ledger"),
        ])
    func misfit(table: String, found: String) async throws {
        let (world, customer, planned) = try await Self.restored()
        let lost = "digest IN (SELECT digest FROM escrow_transactions WHERE name = 'Charged')"
        try await world.store.run(
            """
            CREATE TABLE kept AS SELECT * FROM \(table) WHERE \(lost);
            ALTER TABLE \(table) DISABLE TRIGGER ALL; DELETE FROM \(table) WHERE \(lost);
            ALTER TABLE \(table) ENABLE TRIGGER ALL
            """)
        #expect(try await world.count("escrow_breaks") == 0)
        try await world.start(Self.impatient)
        await Self.expectDisarmed(world, found)
        #expect(try await world.state(planned) == .planned)
        #expect(world.metrics.text().contains("\nsluice_engine_armed 0\n"))
        guard case .fenced? = try world.identityFile.read() else {
            Issue.record("armed")
            return
        }
        try await world.store.run("INSERT INTO \(table) OVERRIDING SYSTEM VALUE SELECT * FROM kept")
        try await Self.expectCharging(world, customer, abandoned: planned)
    }

    /// Over GraphQL an index that lags tells a tip that is as old; over JSON-RPC, where nothing
    /// lags behind the tip, the chain may rest.
    @Test(
        "until the follower has come past the restore nothing is signed, whatever tip is told",
        arguments: [
            (true, "index_lag", 3), (true, "index_lag", 1_000_000), (true, "halt", 10_000_000),
            (false, "halt", 10_000_000),
        ])
    func lag(graphQL: Bool, fault: String, amount: Int64) async throws {
        let (world, customer, planned) = try await Self.restored(graphQL: graphQL)
        try await world.fail(fault, amount: amount)
        let before = Surroundings.live.now()
        try await world.start(Self.impatient)
        await Self.expectDisarmed(world, "the follower is at checkpoint")
        if amount != 3 {
            #expect(try await world.state(planned) == .planned)
            try await world.endFaults()
        }
        try await world.waitUntilArmed()
        let mark = try #require(
            Int64(
                try await world.store.value(
                    "SELECT checkpoint FROM processing_state WHERE name = 'follower'") ?? ""))
        if amount == 3 { try await world.endFaults() }
        let booked = try await world.nodes.checkpoints(
            mark...mark, ofModule: world.contract.events, affecting: nil)
        #expect(try #require(booked.at) > before)
        try await Self.expectCharging(world, customer, abandoned: planned)
    }

    /// It leaves no row, as it says neither an amount nor a kind; and no break, as what it was for is
    /// known.
    @Test(
        "a lost operation that was cancelled, and is asked for again, keeps nothing from being charged",
        arguments: ["old", "warm"])
    func lostCancellation(key: String) async throws {
        let (world, customer, planned) = try await Self.restored()
        let mark = ChargeReference.mark(service: "biller", obligation: key)
        let lost = ChargeID(from: .live)
        let account = try await world.account(of: customer)
        let row = try #require(try await world.database.primaryAccount(of: customer))
        try await world.run(by: world.charger) { [world] builder in
            try world.contract.cancel(
                UInt64(row.mirror.sequence + 1), of: account, for: world.operatorObject,
                reference: lost.uuid.bytes + mark, in: &builder)
        }
        try await world.start(Self.impatient)
        try await world.waitUntilArmed()
        #expect(
            try await world.count("escrow_transactions", where: "name = 'Cancelled'") >= 1)
        #expect(try await world.count("charges", where: "charge_id = '\(lost)'") == 0)
        try await Self.expectCharging(world, customer, abandoned: planned)
    }

    /// One that leads without charging keeps one that could charge from leading.
    @Test(
        "without its identity file it ends its turn within the bound, and says which file",
        arguments: [("a folder", "read"), ("no line", "read"), ("not writable", "written")])
    func fileTrouble(kind: String, deed: String) async throws {
        let world = try await EngineWorld(mist: 0)
        let leader = try #require(try await Leadership(direct: world.direct).take(as: "test"))
        let path = world.identityFile.path
        let beside = "\(path).new.\(getpid())"
        defer { for folder in [path, beside] { rmdir(folder) } }
        switch kind {
        case "a folder": mkdir(path, 0o700)
        case "no line": close(creat(path, 0o600))
        default:
            try world.identityFile.write(.armed(try await world.database.known(as: leader)))
            mkdir(beside, 0o700)
        }
        var settings = EngineSettings()
        settings.fileMilliseconds = 700
        let engine = ChargeEngine(
            node: world.nodes, key: world.charger, contract: world.contract,
            operator: world.operatorObject, database: world.database,
            restoreGuard: RestoreGuard(
                file: world.identityFile, reconciliation: world.reconciliation
            ) { _ in false },
            settings: settings, surroundings: .live, logger: .disabled, metrics: MetricsRegistry())
        let start = Deadline.now
        #expect(await engine.judge(as: leader) == false)
        #expect(start.elapsedNanoseconds >= 700 * 1_000_000)
        let why = try #require(await engine.unfit)
        #expect(why.contains(path) && why.contains("cannot be \(deed)"))
        #expect(engine.obstacles.map(\.words) == ["nothing is signed: \(why)"])
    }

    @Test("a clock that was a day ahead is not waited for once it is right")
    func clockAhead() async throws {
        let world = try await EngineWorld()
        let ahead = Mutex<Int64>(86_400_000)
        let surroundings = Surroundings(
            now: { Surroundings.live.now().adding(milliseconds: ahead.withLock { $0 }) },
            randomBytes: Surroundings.live.randomBytes)
        try await world.start(surroundings: surroundings)
        await Self.expectDisarmed(world, "has to come past")
        ahead.withLock { $0 = 0 }
        try await world.waitUntilArmed()
        await world.stop()
    }

    @Test("a single account's discrepancies hold up nobody else; what was lost or unread does")
    func decisive() {
        var summary = ReconciliationSummary()
        #expect(summary.misfit == nil)
        summary.found = [.state: 3, .amount: 1, .account: 2]
        #expect(summary.misfit == nil)
        summary.unread = 4
        #expect(
            summary.misfit == "reconciliation could not read 4 checkpoints that are booked")
        for kind in [Discrepancy.Kind.orphanEvent, .missingInLedger, .missingOnChain] {
            summary.found = [kind: 2]
            #expect(
                summary.misfit
                    == "reconciliation finds 2 \(kind.rawValue): see 'sluice reconcile'")
        }
    }
}
