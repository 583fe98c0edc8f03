public import SuiProtocol

/// The chain: a value that ``apply(_:)`` moves on. Same genesis and same inputs, same chain, bit
/// for bit; no clock, no chance and no input or output in here.
///
/// Nothing is forgotten, so that it can be read as it stood at any checkpoint: indexes lag and
/// retention ends by looking at an older state, not by throwing away.
public struct Ledger: Sendable {
    /// MIST for a unit of computation in every epoch.
    public static let referenceGasPrice: UInt64 = 1000
    public static let epochMilliseconds: Int64 = 86_400_000

    struct ObjectVersion {
        let transaction: Int
        /// Nil: it ended.
        let object: LedgerObject?
    }

    struct BalanceVersion {
        let transaction: Int
        let amount: UInt64
    }

    public let genesis: Genesis
    public let chain: ChainIdentifier
    public internal(set) var transactions: [LedgerTransaction] = []
    public internal(set) var checkpoints: [LedgerCheckpoint] = []
    public internal(set) var events: [LedgerEvent] = []
    public internal(set) var epoch: UInt64 = 0
    public internal(set) var epochStart: Int64
    /// The latest moment the chain has seen.
    public internal(set) var now: Int64
    /// How far the chain's clock is ahead of the machine's.
    public private(set) var clockLead: Int64 = 0

    var denials: [TypeTag: CoinDenial] = [:]
    var versions: [ObjectID: [ObjectVersion]] = [:]
    /// Objects that were ever an address's, in the order in which they first became so.
    var owned: [OwnedKey: [ObjectID]] = [:]
    /// Types of the objects that were ever an address's.
    var ownedTypes: [SuiAddress: [StructTag]] = [:]
    var everOwned: [ObjectID: Set<SuiAddress>] = [:]
    var balances: [BalanceKey: [BalanceVersion]] = [:]
    var balanceTypes: [SuiAddress: [TypeTag]] = [:]
    var indices: [TransactionDigest: Int] = [:]
    var eventsByType: [StructTag: [Int]] = [:]
    var eventsByPlace: [EventPlace: [Int]] = [:]
    var eventsBySender: [SuiAddress: [Int]] = [:]
    /// Transactions by each address that sent them or whose balance or objects they changed.
    var affecting: [SuiAddress: [Int]] = [:]
    var sent: [SuiAddress: [Int]] = [:]
    var checkpointsByDigest: [CheckpointDigest: Int] = [:]
    /// The first checkpoint of each epoch.
    var epochBeginnings: [Int] = []

    public init(_ genesis: Genesis) {
        self.genesis = genesis
        chain = genesis.chain
        now = genesis.timestamp
        epochStart = genesis.timestamp
        commit(Genesis.beginning(genesis))
        closeCheckpoint()
    }

    // MARK: - Now

    /// An object as it is now, or nil when there is none.
    public func object(_ id: ObjectID) -> LedgerObject? {
        id == .clock ? clock : versions[id]?.last?.object
    }

    /// The shared clock. It is rewritten by every checkpoint, as on the network.
    var clock: LedgerObject {
        LedgerObject(
            id: .clock, type: .clock, owner: .shared(initialVersion: 1),
            contents: .clock(milliseconds: UInt64(now)), version: UInt64(checkpoints.count) + 1,
            previousTransaction: transactions.first?.digest ?? genesis.digest("genesis"))
    }

    public func addressBalance(_ key: BalanceKey) -> UInt64 {
        balances[key]?.last?.amount ?? 0
    }

    public func transaction(_ digest: TransactionDigest) -> LedgerTransaction? {
        indices[digest].map { transactions[$0] }
    }

    /// Transactions that ran but are in no checkpoint yet.
    public var pendingCount: Int {
        transactions.count - (checkpoints.last?.transactions.upperBound ?? 0)
    }

    // MARK: - Steps

    /// - Returns: the transaction that was run, now or, where its digest is known, at first.
    @discardableResult
    public mutating func apply(_ input: LedgerInput) -> LedgerTransaction? {
        switch input {
        case .execute(let bytes, let signatures, let time, let isCancelled):
            return execute(bytes, signatures: signatures, at: time, isCancelled: isCancelled)
        case .deny(let denial): denials[denial.coinType] = denial
        case .mint(let mint, let time):
            now = max(now, time)
            return commit(minting(mint))
        case .checkpoint(let time):
            now = max(now, time)
            closeCheckpoint()
        case .epoch(let time):
            now = max(now, time)
            closeCheckpoint()
            epoch += 1
            epochStart = now
        case .clock(let advance):
            clockLead += advance
        }
        return nil
    }

    /// Runs a transaction that ``admit(_:signatures:)`` let pass.
    private mutating func execute(
        _ bytes: [UInt8], signatures: [String], at time: Int64, isCancelled: Bool
    ) -> LedgerTransaction? {
        let digest = TransactionDigest(hashing: bytes)
        if let known = transaction(digest) { return known }
        guard let data = try? TransactionData(bcs: bytes) else { return nil }
        now = max(now, time)
        let outcome = evaluate(data, digest: digest, manner: isCancelled ? .cancelled : .paid)
        return commit(
            Outcome(
                digest: digest, bytes: bytes, data: data, signatures: signatures,
                sender: data.sender, effects: outcome.effects, events: outcome.events))
    }

    /// What a transaction would do now. Nothing changes.
    func evaluate(
        _ data: TransactionData, digest: TransactionDigest,
        manner: TransactionRun.Manner = .paid
    ) -> Evaluation {
        var run = TransactionRun(self, data, digest: digest, manner: manner)
        return run.perform()
    }

    private mutating func closeCheckpoint() {
        let sequence = checkpoints.count
        let start = checkpoints.last?.transactions.upperBound ?? 0
        let digest =
            sequence == 0
            ? chain.genesis
            : CheckpointDigest(
                hashing: (checkpoints.last?.digest.bytes ?? [])
                    + transactions[start...].flatMap(\.digest.bytes))
        checkpointsByDigest[digest] = sequence
        if epochBeginnings.count <= Int(epoch) { epochBeginnings.append(sequence) }
        checkpoints.append(
            LedgerCheckpoint(
                sequence: sequence, digest: digest, epoch: epoch, timestamp: now,
                transactions: start..<transactions.count))
    }
}
