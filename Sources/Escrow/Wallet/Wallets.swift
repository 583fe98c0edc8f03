import Audit
public import Determinism
public import Idempotency
public import Identifiers
public import Observability
public import Storage
public import SuiProtocol

/// What a customer's wallet can do with its escrow account: we build, the wallet signs, and the
/// contract alone decides. Nothing here books anything: that is the follower's.
public struct Wallets: Sendable {
    /// Judges a signature over a transaction where that cannot be done here.
    ///
    /// - Returns: nil when no node answers or none is configured.
    public typealias NodeVerdict =
        @Sendable (
            _ transaction: [UInt8], _ signature: String, _ author: SuiAddress,
            _ traceparent: String?
        ) async -> Bool?

    /// What a customer owes besides what is reserved: use so far, and invoices without a charge.
    public typealias Debts =
        @Sendable (_ customer: CustomerID) async throws(StorageError) -> MicroUSDC

    let database: Database
    let debts: Debts
    /// Nil where no escrow contract is configured.
    let terms: EscrowTerms?
    let node: any SuiNode
    let verdict: NodeVerdict
    let surroundings: Surroundings
    let logger: Logger
    let keysAtWork = KeysAtWork()

    public init(
        database: Database, terms: EscrowTerms?, node: any SuiNode,
        verdict: @escaping NodeVerdict, debts: @escaping Debts, surroundings: Surroundings,
        logger: Logger
    ) {
        self.database = database
        self.debts = debts
        self.terms = terms
        self.node = node
        self.verdict = verdict
        self.surroundings = surroundings
        self.logger = logger
    }

    public func balance(of customer: CustomerID) async throws(WalletError) -> WalletBalance {
        guard terms != nil else { throw .notConfigured }
        return try await stored { () throws(StorageError) in
            let mark = try await database.followerProgress()
            let row = try await database.primaryAccount(of: customer)
            var account: WalletBalance.Account?
            if let row {
                account = WalletBalance.Account(
                    row, owed: try await debts(customer), at: surroundings.now())
            }
            return WalletBalance(
                account: account, checkpoint: mark?.checkpoint, syncedAt: mark?.at)
        }
    }

    /// An unsigned transaction for the wallet, kept so that it is known when it comes back.
    ///
    /// - Parameter key: does it once for its key; nil as often as asked.
    public func build(
        _ request: WalletRequest, for owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>? = nil
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction> {
        guard let terms else { throw .notConfigured }
        return try await once(key) { () async throws(WalletError) in
            try await auditing(.walletTransactionBuilt, of: owner, request.details) {
                () async throws(WalletError) in
                try await built(request, for: owner, terms)
            }
        } write: { transaction, built throws(StorageError) in
            try await transaction.insert(built, of: owner)
            return try await transaction.walletTransaction(built.digest, of: owner) ?? built
        }
    }

    private func built(
        _ request: WalletRequest, for owner: WalletOwner, _ terms: EscrowTerms
    ) async throws(WalletError) -> WalletTransaction {
        let row = try await stored { () throws(StorageError) in
            try await database.walletAccount(of: owner.address)
        }
        let chain = WalletChain(
            terms: terms, node: node.tracing(owner.traceparent), logger: logger)
        let (target, balance) = try await target(of: request, row, owner, chain)
        let plan = try await plan(request, owner, chain, terms, target)
        let summary = WalletSummary.text(
            request, coin: terms.contract.coin, budget: plan.data.gas.budget,
            lastEpoch: plan.composer.lastEpoch, balance: balance,
            reserved: row?.account.held ?? .zero)
        let bytes = plan.data.bcs
        return WalletTransaction(
            digest: TransactionDigest(hashing: bytes), kind: request.kind,
            account: row?.account.mirror.id, amount: request.amount,
            spendingLimit: request.spendingLimit, bytes: bytes,
            lastEpoch: Int64(clamping: plan.composer.lastEpoch), summary: summary, state: .built,
            lastError: nil, createdAt: surroundings.now(), submittedAt: nil)
    }

    /// The object that is called, and what is in the account.
    private func target(
        of request: WalletRequest, _ row: WalletAccountRow?, _ owner: WalletOwner,
        _ chain: WalletChain
    ) async throws(WalletError) -> (SharedObject, MicroUSDC) {
        guard case .open = request else {
            guard let row else { throw .accountMissing }
            let account = try await chain.account(
                row.account, initialVersion: row.initialVersion)
            if case .withdraw(let amount) = request, amount > account.balance {
                throw .withdrawalExceedsBalance(account.balance)
            }
            return (account.object, account.balance)
        }
        if let row { throw .accountExists(row.account.mirror.id) }
        let isUnderWay = try await stored { () throws(StorageError) in
            try await database.hasOpening(under: owner.customer)
        }
        if isUnderWay { throw .accountExists(nil) }
        return (try await chain.operatorObject(), .zero)
    }

    private func plan(
        _ request: WalletRequest, _ owner: WalletOwner, _ chain: WalletChain,
        _ terms: EscrowTerms, _ target: SharedObject
    ) async throws(WalletError) -> (composer: WalletComposer, data: TransactionData) {
        let status = try await chain.status()
        let reference = status.epoch.referenceGasPrice
        // Somewhat above the least, so that a new epoch's price does not stop it.
        let (price, isTooMuch) = reference.addingReportingOverflow(reference / 10 + 1)
        // No network is like that: a node that says so is not believed.
        guard !isTooMuch, status.epoch.number < .max else { throw .nodeUnavailable }
        let gas = try await chain.gas(of: owner.address, price: price)
        let trial = gas.trial()
        let funds = try await funds(
            of: owner.address, for: request, chain,
            limit: WalletComposer.coinLimit(gasCoins: trial?.payment.count ?? 0))
        let composer = WalletComposer(
            terms: terms, owner: owner.address, request: request, target: target, funds: funds,
            epoch: status.epoch.number, price: price, nonce: nonce())
        guard let trial else {
            throw .gasInsufficient(
                available: gas.available,
                required: Self.sum(WalletGas.reserve, WalletGas.least(price: price)))
        }
        let simulation = try await chain.simulate(try compose(composer, trial, request))
        try check(simulation, trial, gas, request)
        guard let choice = gas.choice(after: simulation.gas) else {
            throw .gasInsufficient(
                available: gas.available,
                required: WalletGas.budget(after: simulation.gas, price: price))
        }
        guard choice.budget <= WalletGas.largestBudget else {
            throw chain.odd("gas costs more than any trial")
        }
        return (composer, try compose(composer, choice, request))
    }

    private func funds(
        of owner: SuiAddress, for request: WalletRequest, _ chain: WalletChain, limit: Int
    ) async throws(WalletError) -> WalletComposer.Funds {
        let payment = request.payment
        let funds = try await chain.funds(of: owner, for: payment, limit: limit)
        guard funds.atOnce < payment else { return funds }
        let required = request.amount ?? .zero
        guard funds.total < payment else {
            throw .fundsScattered(
                atOnce: funds.atOnce, available: funds.total, required: required, coins: limit)
        }
        throw .fundsInsufficient(available: funds.total, required: required)
    }

    private func compose(
        _ composer: WalletComposer, _ gas: WalletGas.Choice, _ request: WalletRequest
    ) throws(WalletError) -> TransactionData {
        do {
            return try composer.transaction(gas)
        } catch .insufficientFunds(let available, _) {
            throw .fundsInsufficient(available: available, required: request.amount ?? .zero)
        } catch {
            logger.error("a wallet's transaction was not built", ("why", .text("\(error)")))
            throw .fails(reason: "it cannot be built within the network's limits")
        }
    }

    private func check(
        _ simulation: NodeSimulation, _ trial: WalletGas.Choice, _ gas: WalletGas,
        _ request: WalletRequest
    ) throws(WalletError) {
        guard case .failure(let failure) = simulation.status else { return }
        let used = UInt128(simulation.gas.computation) + UInt128(simulation.gas.storage)
        if failure.abortCode == nil,
            failure.message.hasPrefix("InsufficientGas") || used >= UInt128(trial.budget)
        {
            throw .gasInsufficient(
                available: gas.available,
                required: max(
                    WalletGas.budget(after: simulation.gas, price: gas.price),
                    Self.sum(gas.available, WalletGas.reserve)))
        }
        logger.info("a wallet's transaction fails on trial", ("why", .text(failure.message)))
        let abort = failure.abortCode.flatMap(EscrowAbort.init)
        throw .fails(reason: abort?.words ?? "it was tried on a node and did not succeed")
    }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        UInt64(clamping: UInt128(left) + UInt128(right))
    }

    private func nonce() -> UInt32 {
        surroundings.randomBytes(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    func stored<Value: Sendable>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(WalletError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }
}
