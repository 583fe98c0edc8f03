import SuiProtocol

/// One transaction at work on a copy of what it touches.
///
/// Gas coins are merged first, whatever comes after. The commands run on what then is; where one
/// fails, all goes back to that point, and the gas is charged.
struct TransactionRun {
    typealias Failure = ExecutionFailure.Kind

    enum Manner {
        case paid
        /// A coin pays that is not there; in simulations.
        case free
        /// Gas is paid and nothing is done, as under congestion.
        case cancelled
    }

    let ledger: Ledger
    let data: TransactionData
    let digest: TransactionDigest
    private let manner: Manner
    var objects: [ObjectID: WorkingObject] = [:]
    var inputs: [MoveRuntimeValue] = []
    var results: [[MoveRuntimeValue]] = []
    /// Address balances that were changed.
    var balances: [BalanceKey: UInt64] = [:]
    var events: [PendingEvent] = []
    var createdCount: UInt64 = 0
    /// Who is being called, for events.
    var callee: (package: SuiAddress, module: MoveIdentifier)
    /// Versions of everything that came in, read or written.
    private var incomingVersion: UInt64 = 0

    init(
        _ ledger: Ledger, _ data: TransactionData, digest: TransactionDigest, manner: Manner
    ) {
        self.ledger = ledger
        self.data = data
        self.digest = digest
        self.manner = manner
        callee = (.zero, "none")
    }

    private static let absentCoin = ObjectID(hash: [UInt8](repeating: 0xFF, count: 32))

    private var isFree: Bool { manner == .free }
    var sender: SuiAddress { data.sender }
    var now: UInt64 { UInt64(ledger.now) }
    var gasCoin: ObjectID? { isFree ? Self.absentCoin : data.gas.payment.first?.id }
    /// What pays where no coin does.
    private var gasBalance: BalanceKey? {
        gasCoin == nil ? BalanceKey(owner: data.gas.owner, coinType: .sui) : nil
    }

    mutating func perform() -> Evaluation {
        load()
        setBudgetAside()
        var meter = GasMeter(data)
        let start = self
        var failure: ExecutionFailure?
        do throws(ExecutionFailure) {
            if manner == .cancelled { try cancel() }
            try runCommands()
            try checkDenials()
        } catch {
            failure = error
            self = start
            if manner == .cancelled { leaveShared() }
        }
        meter.measureStorage(of: objects)
        if meter.isOverBudget, !isFree {
            self = start
            failure = ExecutionFailure(kind: .insufficientGas, command: nil)
            meter.chargeLeast(of: objects)
        }
        return finish(gas: meter.gas, failure: failure)
    }

    /// Shared objects stay as they were; what the sender owns is used up all the same.
    private mutating func cancel() throws(ExecutionFailure) {
        let shared = objects.values.filter { $0.isShared && $0.isMutable }.map(\.object.id)
        throw ExecutionFailure(kind: .congested(shared.inOrder), command: nil)
    }

    /// No coin may come to whom its issuer has forbidden it.
    private func checkDenials() throws(ExecutionFailure) {
        guard !ledger.denials.isEmpty else { return }
        for id in Array(objects.keys).inOrder {
            guard let working = objects[id], working.isMutable, !working.isDeleted,
                case .address(let owner) = working.object.owner, let type = working.object.coinType,
                let failure = ledger.denials[type]?.failure(of: owner)
            else { continue }
            throw ExecutionFailure(kind: failure, command: nil)
        }
    }

    // MARK: - What comes in

    private mutating func load() {
        if isFree { placeAbsentCoin() }
        for reference in data.gas.payment { take(reference.id, isMutable: true) }
        for input in data.program.inputs {
            switch input {
            case .pure(let bytes): inputs.append(.pure(bytes))
            case .funds(let funds):
                let owner = funds.source == .sponsor ? data.gas.owner : sender
                inputs.append(
                    .withdrawal(
                        BalanceKey(owner: owner, coinType: funds.coinType), funds.amount))
            case .object(.owned(let reference)):
                take(reference.id, isMutable: true)
                inputs.append(.object(reference.id))
            case .object(.shared(let shared, let mutability)):
                take(shared.id, isMutable: mutability != .immutable)
                inputs.append(.object(shared.id))
            case .object(.receiving(let reference)):
                incomingVersion = max(incomingVersion, reference.version)
                inputs.append(.receiving(reference.id))
            }
        }
    }

    /// A billion SUI, as nodes put in the place of a coin that nobody named.
    private mutating func placeAbsentCoin() {
        let coin = LedgerObject(
            id: Self.absentCoin, type: .coin(of: .sui), owner: .address(data.gas.owner),
            contents: .coin(balance: 1_000_000_000_000_000_000), previousTransaction: digest)
        objects[coin.id] = WorkingObject(coin, before: coin)
    }

    private mutating func take(_ id: ObjectID, isMutable: Bool) {
        guard let object = ledger.object(id) else { return }
        incomingVersion = max(incomingVersion, object.version)
        objects[id] = WorkingObject(object, before: object, isMutable: isMutable)
    }

    /// The budget is set aside, so that commands cannot spend it. Gas coins become one.
    private mutating func setBudgetAside() {
        if let gasBalance {
            balances[gasBalance] = ledger.addressBalance(gasBalance) - data.gas.budget
        }
        guard let gasCoin else { return }
        var sum = isFree ? balance(of: gasCoin) : 0
        for (index, reference) in data.gas.payment.enumerated() {
            sum += balance(of: reference.id)
            if index > 0 { objects[reference.id]?.isDeleted = true }
        }
        setCoin(gasCoin, balance: sum - data.gas.budget)
    }

    /// What is left of the budget goes back to where it came from. It covers the cost.
    private mutating func pay(_ gas: GasSummary) {
        let left = Int128(data.gas.budget) - Int128(gas.net)
        if let gasBalance {
            let sum = Int128(addressBalance(gasBalance)) + left
            balances[gasBalance] = UInt64(clamping: sum)
        }
        guard let gasCoin else { return }
        setCoin(gasCoin, balance: UInt64(clamping: Int128(balance(of: gasCoin)) + left))
    }

    func balance(of id: ObjectID) -> UInt64 {
        guard case .coin(let balance)? = objects[id]?.object.contents else { return 0 }
        return balance
    }

    // MARK: - What comes out

    private mutating func finish(gas: GasSummary, failure: ExecutionFailure?) -> Evaluation {
        pay(gas)
        let changes = sealedChanges()
        let effects = TransactionEffects(
            failure: failure, epoch: ledger.epoch, gas: gas, lamportVersion: lamportVersion,
            changes: changes, unchanged: unchanged, gasObject: gasCoin, balances: balances,
            balanceChanges: BalanceDifference.between(
                changes, balances: balances, before: ledger))
        return Evaluation(effects: effects, events: failure == nil ? events : [])
    }

    private var lamportVersion: UInt64 { incomingVersion + 1 }

    private mutating func leaveShared() {
        for (id, working) in objects where working.isShared {
            objects[id] = WorkingObject(working.object, before: working.before, isMutable: false)
        }
    }

    private var unchanged: [LedgerObject] {
        objects.values.filter { !$0.isMutable }.map(\.object)
            .sorted { $0.id.bytes.lexicographicallyPrecedes($1.id.bytes) }
    }

    private func sealedChanges() -> [TransactionEffects.Change] {
        objects.compactMap { id, working in
            guard working.isMutable, !(working.before == nil && working.isDeleted) else {
                return nil
            }
            guard !working.isDeleted else {
                return .init(id: id, before: working.before, after: nil)
            }
            var object = working.object
            object.version = lamportVersion
            object.previousTransaction = digest
            object.storageRebate = GasMeter.storageCost(of: object)
            if case .shared(initialVersion: 0) = object.owner {
                object.owner = .shared(initialVersion: lamportVersion)
            }
            object.seal()
            return .init(id: id, before: working.before, after: object)
        }.sorted { $0.id.bytes.lexicographicallyPrecedes($1.id.bytes) }
    }
}
