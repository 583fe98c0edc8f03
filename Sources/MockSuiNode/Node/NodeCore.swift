import Determinism
import SuiProtocol

/// Chain, journal, faults and time of a node: everything behind its lock.
struct NodeCore {
    let configuration: MockNodeConfiguration
    let surroundings: Surroundings
    private(set) var ledger: Ledger
    private let journal: Journal?
    var plan = FaultPlan()
    /// On the chain's clock; checkpoints and executions rest until then.
    private(set) var haltedUntil: Int64 = .min
    /// On the machine's clock; no request is answered until then.
    private(set) var goneUntil: Int64 = .min

    /// Begins a chain, or takes up the one in the journal.
    init(_ configuration: MockNodeConfiguration, _ surroundings: Surroundings) throws {
        self.configuration = configuration
        self.surroundings = surroundings
        journal = try configuration.journalPath.map { path throws(JournalError) in
            try Journal(path: path)
        }
        ledger = try Self.ledger(configuration, surroundings, journal)
    }

    private static func ledger(
        _ configuration: MockNodeConfiguration, _ surroundings: Surroundings, _ journal: Journal?
    ) throws -> Ledger {
        let entries = try journal?.entries() ?? []
        guard let first = entries.first else {
            let genesis = try Genesis(
                seed: configuration.seed, charger: configuration.charger,
                treasury: configuration.treasury,
                timestamp: surroundings.now().milliseconds)
            try journal?.append(
                .genesis(
                    seed: genesis.seed, charger: genesis.charger, treasury: genesis.treasury,
                    timestamp: genesis.timestamp))
            try journal?.sync()
            return Ledger(genesis)
        }
        guard case .genesis(let seed, let charger, let treasury, let timestamp) = first,
            seed == configuration.seed, configuration.charger.map({ $0 == charger }) ?? true,
            configuration.treasury.map({ $0 == treasury }) ?? true
        else { throw JournalError.otherChain }
        var ledger = Ledger(
            try Genesis(seed: seed, charger: charger, treasury: treasury, timestamp: timestamp))
        for case .input(let input) in entries.dropFirst() { ledger.apply(input) }
        return ledger
    }

    // MARK: - Time

    /// The chain's clock.
    var now: Int64 { surroundings.now().milliseconds + ledger.clockLead }
    var isHalted: Bool { now < haltedUntil }
    var isGone: Bool { surroundings.now().milliseconds < goneUntil }

    /// Closes a checkpoint where one is due.
    mutating func tick() throws(JournalError) {
        guard !isHalted, !isGone else { return }
        let age = now - (ledger.checkpoints.last?.timestamp ?? 0)
        let interval =
            ledger.pendingCount > 0
            ? configuration.checkpointMilliseconds : configuration.idleMilliseconds
        guard age >= interval else { return }
        try apply(.checkpoint(at: now))
    }

    mutating func halt(milliseconds: Int64) {
        guard !isHalted else { return }
        haltedUntil = now + milliseconds
    }

    mutating func endHalt() {
        haltedUntil = .min
    }

    /// As if the process had been killed and started again.
    mutating func restart(milliseconds: Int64) throws {
        goneUntil = surroundings.now().milliseconds + milliseconds
        guard journal != nil else { return }
        ledger = try Self.ledger(configuration, surroundings, journal)
    }

    // MARK: - Steps

    @discardableResult
    mutating func apply(_ input: LedgerInput) throws(JournalError) -> LedgerTransaction? {
        try journal?.append(.input(input))
        let transaction = ledger.apply(input)
        if configuration.checkpointMilliseconds == 0, ledger.pendingCount > 0, !isHalted {
            try apply(.checkpoint(at: now))
        }
        return transaction
    }

    /// Checks and runs a transaction; one that has run before is only looked up.
    mutating func execute(
        _ bytes: [UInt8], signatures: [String], _ faults: StruckFaults
    ) throws(ExecutionError) -> LedgerTransaction {
        if let known = ledger.transaction(TransactionDigest(hashing: bytes)) { return known }
        do throws(TransactionRefusal) {
            _ = try ledger.admit(bytes, signatures: signatures)
        } catch {
            throw .refused(error)
        }
        var done: LedgerTransaction?
        do throws(JournalError) {
            done = try apply(
                .execute(
                    bytes, signatures: signatures, at: now,
                    isCancelled: faults.has(.congestion)))
        } catch {
            throw .broken
        }
        guard let done else { throw .broken }
        return done
    }

    /// Returns once all that was done is on the disk. Takes no part in the lock.
    var syncing: @Sendable () throws(JournalError) -> Void {
        let journal = journal
        return { () throws(JournalError) in try journal?.sync() }
    }

    /// The gas coin goes into a transaction that its owner never saw here.
    mutating func takeGasCoin(of bytes: [UInt8]) throws(JournalError) {
        guard let data = try? TransactionData(bcs: bytes), let gas = data.gas.payment.first,
            ledger.object(gas.id)?.reference == gas
        else { return }
        let stranger = TransactionData(
            ProgrammableTransaction(
                inputs: [.pure(data.gas.owner.bytes), .pure([1, 0, 0, 0, 0, 0, 0, 0])],
                commands: [
                    .splitCoins(.gasCoin, amounts: [.input(1)]),
                    .transferObjects([.result(0)], to: .input(0)),
                ]),
            sender: data.gas.owner,
            gas: GasData(
                payment: [gas], owner: data.gas.owner, price: data.gas.price, budget: 10_000_000),
            expiration: .epoch(ledger.epoch))
        guard (try? ledger.check(stranger)) != nil else { return }
        try apply(.execute(stranger.bcs, signatures: [], at: now))
    }

    // MARK: - Views

    func index(_ faults: StruckFaults) -> LedgerView {
        .index(
            ledger,
            lag: configuration.indexLag + (faults[.staleReads] ?? 0) + (faults[.indexLag] ?? 0),
            retention: configuration.retention)
    }

    /// The node's own state, unless it is an old one.
    func direct(_ faults: StruckFaults) -> LedgerView {
        guard let age = faults[.staleReads] else { return .direct(ledger) }
        return .index(ledger, lag: age, retention: nil)
    }

    func chain(_ faults: StruckFaults) -> ChainIdentifier {
        guard faults.has(.wrongChain) else { return ledger.chain }
        return ChainIdentifier(genesis: CheckpointDigest(hashing: Array("another chain".utf8)))
    }
}
