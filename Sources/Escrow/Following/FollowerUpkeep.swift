import Determinism
import Identifiers
import Observability
import SuiProtocol
import Synchronization

/// What checkpoints do not tell and charges need: which coins of SUI were sent to the charger, and
/// since which version accounts are shared. Whatever a node does not say now is asked again.
final class FollowerUpkeep: Sendable {
    /// Accounts that a node is asked for at once.
    private static let accountLimit = 50

    private let node: any SuiNode
    private let charger: SuiAddress
    private let bookkeeper: Bookkeeper
    private let logger: Logger
    private let surroundings: Surroundings
    private let limits: FollowerLimits
    /// When to ask for coins next; a clock that was set back must not make it later.
    private let gasLook = Mutex<(asked: Timestamp, rest: Int64)?>(nil)

    init(
        node: any SuiNode, charger: SuiAddress, bookkeeper: Bookkeeper, logger: Logger,
        surroundings: Surroundings, limits: FollowerLimits
    ) {
        self.node = node
        self.charger = charger
        self.bookkeeper = bookkeeper
        self.logger = logger
        self.surroundings = surroundings
        self.limits = limits
    }

    /// - Parameters:
    ///   - status: what a node said a moment before.
    ///   - mark: what is booked, and when that was made.
    func look(
        _ status: NodeStatus, mark: TipClaim, as leader: Generation
    ) async throws(LeaderError) {
        try await findVersions(as: leader)
        try await findGas(status, mark: mark, as: leader)
    }

    private func findVersions(as leader: Generation) async throws(LeaderError) {
        let accounts: [AccountID]
        do {
            accounts = try await bookkeeper.accountsWithoutVersion(limit: Self.accountLimit)
        } catch {
            throw .storage(error)
        }
        let ids = accounts.compactMap { try? ObjectID(bytes: $0.bytes) }
        guard !ids.isEmpty, let objects = try? await node.objects(ids) else { return }
        let versions = objects.compactMap { id, object -> (account: AccountID, version: Int64)? in
            guard let account = AccountID(bytes: id.bytes), accounts.contains(account),
                case .shared(let initial) = object.owner, let version = Int64(exactly: initial)
            else { return nil }
            return (account, version)
        }
        _ = try await bookkeeper.setVersions(versions, as: leader)
    }

    private func findGas(
        _ status: NodeStatus, mark: TipClaim, as leader: Generation
    ) async throws(LeaderError) {
        let now = surroundings.now()
        if let last = gasLook.withLock({ $0 }),
            (0..<last.rest).contains(now.milliseconds - last.asked.milliseconds)
        {
            return
        }
        guard
            let coins = try? await node.coins(
                of: charger, type: KnownCoin.sui.type, limit: limits.gasCoins),
            let after = try? await node.status()
        else { return }
        let count = try await bookkeeper.discover(
            coins.map { GasCoin(reference: $0.reference, balance: $0.balance) },
            checkpoint: Self.checkpoint(of: [status, after], mark: mark, at: now), as: leader)
        let isEmpty = !coins.contains { $0.balance >= limits.leastGasMist }
        let rest = isEmpty ? limits.emptyGasMilliseconds : limits.gasMilliseconds
        gasLook.withLock { $0 = (now, rest) }
        if count > 0 { logger.info("gas coins found", ("count", .number(Int64(count)))) }
    }

    /// Where a coin that a node tells of counts as seen: one after the tip, as a transaction in no
    /// checkpoint yet may have made it. Of a tip that cannot be it is the mark, so that a coin that
    /// goes without a version is not kept until the chain has come as far.
    private static func checkpoint(
        of looks: [NodeStatus], mark: TipClaim, at now: Timestamp
    ) -> Int64 {
        guard looks.allSatisfy({ mark.isCredible($0, at: now) }) else { return mark.mark }
        return looks.reduce(mark.mark) { max($0, $1.tip) } + 1
    }
}
