public import Determinism
import Identifiers
public import Storage
public import SuiProtocol

/// Compares chain, ledger and charges, and tells what does not fit. Repeatable, changes nothing
/// but the checkpoint up to which the chain's events were found to fit, and needs no more memory for a
/// million entries than for a thousand.
public struct Reconciliation: Sendable {
    private let database: Database
    private let node: (any SuiNode)?
    private let contracts: [EscrowContract]
    private let operators: Set<ObjectID>
    private let surroundings: Surroundings
    private let invoices: (any InvoiceComparing)?

    /// - Parameters:
    ///   - database: a pool of its own with a deadline for the whole comparison, which is one
    ///     transaction.
    ///   - node: nil compares only what is stored, and says so.
    ///   - invoices: nil leaves them out.
    public init(
        database: Database, node: (any SuiNode)?, contracts: [EscrowContract],
        operators: Set<ObjectID>, surroundings: Surroundings,
        invoices: (any InvoiceComparing)? = nil
    ) {
        self.database = database
        self.node = node
        self.contracts = contracts
        self.operators = operators
        self.surroundings = surroundings
        self.invoices = invoices
    }

    /// - Parameters:
    ///   - leader: who remembers how far the chain was found to fit, or does not once deposed; nil
    ///     for a command, which does it beside whoever leads.
    ///   - fromStart: reads all events of the chain again, not only those since where they
    ///     were found to fit last.
    ///   - found: is told of each discrepancy as it is found.
    public func run(
        _ scope: ReconciliationScope = ReconciliationScope(), as leader: Generation? = nil,
        fromStart: Bool = false,
        found: @escaping @Sendable (Discrepancy) -> Void,
        progress: @escaping @Sendable (ReconciliationProgress) -> Void = { _ in }
    ) async throws(ReconciliationError) -> ReconciliationSummary {
        let findings = Findings(found: found, progress: progress)
        let target = try await target(scope)
        let told = try await told(target.digest)
        let outcome = try await inDatabase { database throws(StorageError) in
            try await database.transaction { transaction throws(StorageError) in
                try await transaction.beginSnapshot()
                return await compare(scope, target, told, fromStart, findings, transaction)
            }
        }
        try outcome.get()
        if let node {
            let accounts = target.accounts
            try await ObjectPass(
                database: database, node: node, contracts: contracts, operators: operators,
                accounts: accounts, findings: findings
            ).run(count: accounts?.count ?? findings.summary.accounts)
        } else {
            findings.note("no node was asked: the chain itself was not compared")
        }
        let summary = findings.summary
        if scope.isWhole, summary.isChainFitting, let chain = summary.chain {
            // What an index had not passed yet was not read: the next time begins there.
            try await remember(chain.upperBound, as: leader)
        }
        return summary
    }

    private func remember(
        _ checkpoint: Int64, as leader: Generation?
    ) async throws(ReconciliationError) {
        let now = surroundings.now()
        guard let leader else {
            try await inDatabase { database throws(StorageError) in
                try await database.setReconciledMark(checkpoint, at: now)
            }
            return
        }
        do throws(LeaderError) {
            try await database.lead(as: leader) { transaction throws(StorageError) in
                try await transaction.setReconciledMark(checkpoint, at: now)
            }
        } catch .storage(let error) {
            throw .storage(error)
        } catch {
            return  // Another leads, and reads it again.
        }
    }

    // MARK: - What is compared

    private struct Target: Sendable {
        var filter: ReconciliationFilter
        /// For mirrors and objects; nil for all.
        var accounts: [AccountID]?
        var digest: TransactionDigest?
        var since: Timestamp?
    }

    private func target(
        _ scope: ReconciliationScope
    ) async throws(ReconciliationError) -> Target {
        let filter = ReconciliationFilter(since: scope.since, digest: scope.digest)
        var target = Target(filter: filter, digest: scope.digest, since: scope.since)
        if let customer = scope.customer {
            let (exists, accounts) = try await inDatabase { database throws(StorageError) in
                (
                    try await database.customerExists(customer),
                    try await database.accounts(of: customer)
                )
            }
            guard exists else { throw .customerUnknown }
            target.filter.accounts = accounts
            target.accounts = accounts
        }
        if scope.since != nil || scope.digest != nil {
            let touched = try await inDatabase { database throws(StorageError) in
                try await database.accounts(since: scope.since, digest: scope.digest)
            }
            target.accounts = target.accounts.map { $0.filter(touched.contains) } ?? touched
        }
        return target
    }

    /// A transaction as a node tells it; nil where none is asked for.
    private func told(
        _ digest: TransactionDigest?
    ) async throws(ReconciliationError) -> NodeTransaction? {
        guard let digest else { return nil }
        let isStored = try await inDatabase { database throws(StorageError) in
            try await !database.accounts(since: nil, digest: digest).isEmpty
        }
        var told: NodeTransaction?
        if let node {
            do throws(SuiNodeError) {
                told = try await node.transactions([digest])[digest]
            } catch {
                throw .node(.node(error))
            }
        }
        guard told != nil || isStored else { throw .digestUnknown }
        return told
    }

    // MARK: - One moment of the database

    private func compare(
        _ scope: ReconciliationScope, _ target: Target, _ told: NodeTransaction?, _ fromStart: Bool,
        _ findings: Findings,
        _ transaction: Transaction
    ) async -> Result<Void, ReconciliationError> {
        do throws(ReconciliationError) {
            let mark = try await storage { () throws(StorageError) in
                try await transaction.followerMark()
            }
            guard let mark else { throw .notFollowing }
            findings.count { $0.mark = mark.checkpoint }
            try await storage { () throws(StorageError) in
                guard let sizes = try await transaction.sizes(target.filter) else { return }
                try await LedgerPass(
                    transaction: transaction, filter: target.filter, accounts: target.accounts,
                    sizes: sizes, findings: findings
                ).run()
                try await compareInvoices(scope, findings, transaction)
            }
            try await compareChain(
                target, told, fromStart, mark: mark.checkpoint, findings, transaction)
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func compareInvoices(
        _ scope: ReconciliationScope, _ findings: Findings, _ transaction: Transaction
    ) async throws(StorageError) {
        guard let invoices else { return }
        let count = try await invoices.compare(
            scope, at: surroundings.now(), in: transaction
        ) { findings.report([$0]) }
        findings.count { $0.invoices = count }
    }

    private func compareChain(
        _ target: Target, _ told: NodeTransaction?, _ fromStart: Bool, mark: Int64,
        _ findings: Findings, _ transaction: Transaction
    ) async throws(ReconciliationError) {
        guard let node else { return }
        let known = try await storage { () throws(StorageError) in
            try await transaction.knownAccounts()
        }
        let pass = ChainPass(
            transaction: transaction,
            reader: WindowReader(node: node, contracts: contracts, charger: nil),
            accounts: target.filter.accounts, known: known, operators: operators,
            findings: findings)
        if target.digest != nil {
            if let told { try await pass.run(told) } else { findings.note(Self.unknownToNode) }
            return
        }
        let range = try await range(target, fromStart, mark, node, findings, transaction)
        if let range { try await pass.run(range) }
    }

    private static let unknownToNode = "the node does not know the transaction any more"

    /// The checkpoints to read again; nil for none.
    private func range(
        _ target: Target, _ fromStart: Bool, _ mark: Int64, _ node: any SuiNode,
        _ findings: Findings, _ transaction: Transaction
    ) async throws(ReconciliationError) -> ClosedRange<Int64>? {
        let wanted = try await storage { () throws(StorageError) -> Int64? in
            if let since = target.since {
                return try await transaction.firstCheckpoint(since: since)
            }
            if !fromStart, target.accounts == nil,
                let reconciled = try await transaction.reconciledMark(), reconciled <= mark
            {
                return reconciled + 1
            }
            return try await transaction.firstFollowedCheckpoint()
        }
        let status: NodeStatus
        do throws(SuiNodeError) {
            status = try await node.status()
        } catch {
            throw .node(.node(error))
        }
        guard let wanted, wanted <= mark else {
            // Nothing is stored: whatever the node has was to be stored.
            return wanted == nil && status.firstAvailable <= mark && target.since == nil
                ? status.firstAvailable...mark : nil
        }
        let first = max(wanted, status.firstAvailable)
        if first > wanted {
            findings.note(
                "the node's history begins at checkpoint \(status.firstAvailable): older events "
                    + "were compared by their stored bytes")
        }
        let last = min(mark, status.indexed)
        if last < mark {
            findings.count { $0.unread = mark - max(last, first - 1) }
            findings.note(
                "the node's index ends at checkpoint \(status.indexed): events after it were "
                    + "compared by their stored bytes")
        }
        return first <= last ? first...last : nil
    }

    // MARK: - Errors

    private func inDatabase<Value: Sendable>(
        _ body: @Sendable (Database) async throws(StorageError) -> Value
    ) async throws(ReconciliationError) -> Value {
        do throws(StorageError) {
            return try await body(database)
        } catch {
            throw .storage(error)
        }
    }

    private func storage<Value: Sendable>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(ReconciliationError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }
}
