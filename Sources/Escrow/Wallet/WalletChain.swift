import Identifiers
import Observability
import SuiProtocol

/// What a wallet's transaction needs to know of the chain, asked of a node and believed only as
/// far as it fits.
struct WalletChain: Sendable {
    let terms: EscrowTerms
    let node: any SuiNode
    let logger: Logger

    /// An account as it is now.
    struct Account: Sendable {
        var object: SharedObject
        var balance: MicroUSDC
    }

    func status() async throws(WalletError) -> NodeStatus {
        let status: NodeStatus
        do {
            status = try await node.status()
        } catch {
            throw unavailable(error, "status")
        }
        if let chain = terms.chain, !chain.isNamed(by: status.chain) {
            throw odd("it serves another network")
        }
        return status
    }

    func gas(of owner: SuiAddress, price: UInt64) async throws(WalletError) -> WalletGas {
        let sui = KnownCoin.sui.type
        let coins = try await coins(of: owner, sui, limit: TransactionLimits.gasCoins)
        let gas = WalletGas(coins: coins, addressBalance: 0, price: price)
        guard gas.available < WalletGas.trialBudget, terms.chain != nil else { return gas }
        let balance = try await balance(of: owner, sui)
        return WalletGas(coins: coins, addressBalance: balance.inAddress, price: price)
    }

    /// - Parameters:
    ///   - amount: what is needed; where coins cover it, nothing else is asked for.
    ///   - limit: coins that a transaction has room for; the largest are taken.
    func funds(
        of owner: SuiAddress, for amount: UInt64, limit: Int
    ) async throws(WalletError) -> WalletComposer.Funds {
        guard amount > 0 else { return WalletComposer.Funds() }
        let coin = terms.contract.coin
        var funds = WalletComposer.Funds(
            coins: try await coins(of: owner, coin, limit: limit))
        guard funds.atOnce < amount else { return funds }
        let balance = try await balance(of: owner, coin)
        let (rest, isLess) = balance.inCoins.subtractingReportingOverflow(funds.atOnce)
        funds.elsewhere = isLess ? 0 : rest
        funds.addressBalance = balance.inAddress
        return funds
    }

    func operatorObject() async throws(WalletError) -> SharedObject {
        let found = try await object(terms.operator)
        guard let found, found.type == terms.contract.operatorType,
            case .shared(let version) = found.owner
        else { throw odd("the operator is none of the configured package") }
        return SharedObject(id: terms.operator, initialVersion: version)
    }

    /// - Parameter row: as booked: what holds where the node does not know the account yet.
    func account(
        _ row: AccountRow, initialVersion: Int64?
    ) async throws(WalletError) -> Account {
        guard let id = try? ObjectID(bytes: row.mirror.id.bytes) else { throw .accountMissing }
        guard let found = try await object(id) else {
            guard let known = initialVersion.flatMap({ UInt64(exactly: $0) }) else {
                throw .nodeUnavailable
            }
            return Account(
                object: SharedObject(id: id, initialVersion: known), balance: row.mirror.balance)
        }
        guard found.type == terms.contract.accountType, case .shared(let version) = found.owner,
            let bcs = found.bcs, let contents = try? EscrowAccount(bcs: bcs),
            contents.owner == row.mirror.owner, contents.operator == terms.operator,
            let balance = MicroUSDC(onChain: contents.balance)
        else { throw odd("an account is not what was booked of it") }
        return Account(
            object: SharedObject(id: id, initialVersion: version), balance: balance)
    }

    func simulate(_ data: TransactionData) async throws(WalletError) -> NodeSimulation {
        do throws(SuiNodeError) {
            return try await node.simulate(data.bcs)
        } catch .refused(let words) {
            logger.info("a wallet's transaction was refused on trial", ("why", .text(words)))
            throw .fails(
                reason: "a node would not try it, as when one of its coins was just spent")
        } catch {
            throw unavailable(error, "simulate")
        }
    }

    private func object(_ id: ObjectID) async throws(WalletError) -> NodeObject? {
        do {
            return try await node.objects([id])[id]
        } catch {
            throw unavailable(error, "objects")
        }
    }

    private func coins(
        of owner: SuiAddress, _ type: TypeTag, limit: Int
    ) async throws(WalletError) -> [CoinHolding] {
        do {
            return try await node.coins(of: owner, type: type, limit: limit)
                .filter { $0.balance > 0 }.sorted { $0.balance > $1.balance }
        } catch {
            throw unavailable(error, "coins")
        }
    }

    private func balance(
        of owner: SuiAddress, _ type: TypeTag
    ) async throws(WalletError) -> NodeBalance {
        do {
            return try await node.balance(of: owner, coin: type)
        } catch {
            throw unavailable(error, "balance")
        }
    }

    private func unavailable(_ error: SuiNodeError, _ question: String) -> WalletError {
        logger.warning(
            "no node answers a wallet's question", ("question", .text(question)),
            ("why", .text("\(error)")))
        return .nodeUnavailable
    }

    /// Nothing is built on it: a lying node, or a wrong configuration.
    func odd(_ what: String) -> WalletError {
        logger.error("the node's answer does not fit", ("what", .text(what)))
        return .nodeUnavailable
    }
}
