public import Determinism
public import Identifiers
public import Storage
public import SuiProtocol
import Synchronization

/// Builds anew what follows from the chain's events, and nothing else: mirrors, and bookings of
/// events that the follower was not told of.
///
/// Only the leader writes: it takes the lead for as long as it works, and refuses where a manager
/// has it. No figure is anybody's choice: events say them, and the ledger follows the balance that
/// the chain itself gave. All of it is audited, account by account, in the commit that does it.
public struct Repair: Sendable {
    private static let renewMilliseconds = 1000

    private let database: Database
    private let leadership: Leadership
    private let reader: WindowReader?
    private let operators: Set<ObjectID>
    private let surroundings: Surroundings

    /// - Parameter direct: a pool of exactly one connection, as ``Leadership`` wants it.
    public init(
        database: Database, direct: Database, node: (any SuiNode)?, contracts: [EscrowContract],
        operators: Set<ObjectID>, surroundings: Surroundings
    ) {
        self.database = database
        leadership = Leadership(direct: direct)
        reader = node.map {
            WindowReader(node: $0, contracts: contracts, charger: nil)
        }
        self.operators = operators
        self.surroundings = surroundings
    }

    /// - Parameters:
    ///   - accounts: what a reconciliation found to be derivable.
    ///   - chain: the checkpoints in which it found events that are not booked; nil for none.
    ///   - did: is told of each deed, once it is committed.
    public func run(
        accounts: Set<AccountID>, chain: ClosedRange<Int64>?,
        did: @escaping @Sendable (RepairDeed) -> Void
    ) async throws(ReconciliationError) {
        guard let leader = try await take() else { throw .anotherLeads }
        let renewal = Task { [leadership] in
            while !Task.isCancelled {
                _ = try? await leadership.renew(leader)
                try? await Task.sleep(for: .milliseconds(Self.renewMilliseconds))
            }
        }
        let outcome = await attempt(accounts, chain, leader, did)
        renewal.cancel()
        _ = await renewal.value
        try? await leadership.resign()
        try outcome.get()
    }

    private func take() async throws(ReconciliationError) -> Generation? {
        do throws(StorageError) {
            return try await leadership.take(as: "sluice reconcile --repair")
        } catch {
            throw .storage(error)
        }
    }

    private func attempt(
        _ accounts: Set<AccountID>, _ chain: ClosedRange<Int64>?, _ leader: Generation,
        _ did: @Sendable (RepairDeed) -> Void
    ) async -> Result<Void, ReconciliationError> {
        do throws(ReconciliationError) {
            var missing: [AccountID: [RepairPlan.Missing]] = [:]
            if let chain { missing = try await read(chain, as: leader, did) }
            for account in accounts.union(missing.keys).sorted() {
                try await repair(account, missing[account] ?? [], as: leader, did)
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    // MARK: - What the chain has and the database has not

    /// Events about no account of ours are stored raw at once; the others are returned.
    private func read(
        _ range: ClosedRange<Int64>, as leader: Generation, _ did: @Sendable (RepairDeed) -> Void
    ) async throws(ReconciliationError) -> [AccountID: [RepairPlan.Missing]] {
        guard let reader else { return [:] }
        let ahead = WindowsAhead(reader, range)
        defer { ahead.stop() }
        var missing: [AccountID: [RepairPlan.Missing]] = [:]
        do throws(FollowerError) {
            while let window = try await ahead.next() {
                let found = try await unknown(window)
                let strangers = found.events.filter {
                    !($0.account.map(found.ours.contains) ?? false)
                }
                try await store(strangers, as: leader, did)
                for (rank, event) in window.events.enumerated() {
                    guard let account = event.account, found.ours.contains(account),
                        found.events.contains(event)
                    else { continue }
                    missing[account, default: []].append(
                        .init(event: event, rank: rank, isStored: false))
                }
            }
        } catch {
            throw .node(error)
        }
        return missing
    }

    private func unknown(
        _ window: CheckpointWindow
    ) async throws(FollowerError) -> (events: [RawEvent], ours: Set<AccountID>) {
        do throws(StorageError) {
            return try await database.transaction { transaction throws(StorageError) in
                let known = try await transaction.knownEvents(
                    of: window.events.map(\.id.transaction))
                let events = window.events.filter { !known.contains($0.id) }
                let ours = try await transaction.lockAccounts(events.compactMap(\.account))
                return (events, Set(ours.map(\.mirror.id)))
            }
        } catch {
            throw .storage(error)
        }
    }

    private func store(
        _ strangers: [RawEvent], as leader: Generation, _ did: @Sendable (RepairDeed) -> Void
    ) async throws(FollowerError) {
        let openings = strangers.filter { event in
            guard case .opened(let opening)? = event.fact else { return false }
            return operators.contains(opening.operator)
        }
        let unknown = Set(openings.compactMap(\.account))  // Of ours: not for us to decide here.
        let raw = strangers.filter { !($0.account.map(unknown.contains) ?? false) }
        guard !raw.isEmpty else { return }
        let deeds = raw.map {
            RepairDeed(.eventBooked, account: $0.account, event: $0.id, "\($0.name), stored raw")
        }
        let now = surroundings.now()
        do throws(LeaderError) {
            try await database.lead(as: leader) { transaction throws(StorageError) in
                try await transaction.insert(raw, booked: [])
                for deed in deeds { try await transaction.record(deed, at: now) }
            }
        } catch {
            throw FollowerError(error)
        }
        for deed in deeds { did(deed) }
    }

    // MARK: - One account

    private func repair(
        _ account: AccountID, _ missing: [RepairPlan.Missing], as leader: Generation,
        _ did: @Sendable (RepairDeed) -> Void
    ) async throws(ReconciliationError) {
        let now = surroundings.now()
        let deeds: [RepairDeed]
        do throws(LeaderError) {
            deeds = try await database.lead(as: leader) { transaction throws(StorageError) in
                let work = AccountRepair(
                    transaction: transaction, operators: operators, account: account,
                    candidates: missing, now: now)
                return try await work.run()
            }
        } catch {
            switch error {
            case .deposed: throw .anotherLeads
            case .storage(let error): throw .storage(error)
            }
        }
        for deed in deeds { did(deed) }
    }
}
