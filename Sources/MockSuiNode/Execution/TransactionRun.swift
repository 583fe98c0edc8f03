import SuiProtocol

/// One transaction at work on a copy of what it touches.
///
/// Gas coins are merged first, whatever comes after. The commands run on what then is; where one
/// fails, all goes back to that point, and the gas is charged.
struct TransactionRun {
    typealias Failure = ExecutionFailure.Kind

    let ledger: Ledger
    let data: TransactionData
    let digest: TransactionDigest
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

    init(_ ledger: Ledger, _ data: TransactionData, digest: TransactionDigest) {
        self.ledger = ledger
        self.data = data
        self.digest = digest
        callee = (.zero, "none")
    }

    var sender: SuiAddress { data.sender }
    var now: UInt64 { UInt64(ledger.now) }
    var gasCoin: ObjectID? { data.gas.payment.first?.id }

    mutating func perform() -> Evaluation {
        load()
        mergeGasCoins()
        var meter = GasMeter(data)
        let start = self
        var failure: ExecutionFailure?
        do throws(ExecutionFailure) {
            try runCommands()
        } catch {
            failure = error
            self = start
        }
        giveBackBudget()
        meter.measureStorage(of: objects)
        if meter.isOverBudget || (failure == nil && !canPay(meter.gas)) {
            self = start
            giveBackBudget()
            failure = ExecutionFailure(kind: .insufficientGas, command: nil)
            meter.chargeLeast(of: objects)
        }
        return finish(gas: meter.gas, failure: failure)
    }

    // MARK: - What comes in

    private mutating func load() {
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

    private mutating func take(_ id: ObjectID, isMutable: Bool) {
        guard let object = ledger.object(id) else { return }
        incomingVersion = max(incomingVersion, object.version)
        objects[id] = WorkingObject(object, before: object, isMutable: isMutable)
    }

    /// The budget is set aside, so that commands cannot spend it.
    private mutating func mergeGasCoins() {
        guard let gasCoin else { return }
        var sum: UInt64 = 0
        for (index, reference) in data.gas.payment.enumerated() {
            sum += balance(of: reference.id)
            if index > 0 { objects[reference.id]?.isDeleted = true }
        }
        setCoin(gasCoin, balance: sum - data.gas.budget)
    }

    private mutating func giveBackBudget() {
        guard let gasCoin else { return }
        setCoin(gasCoin, balance: balance(of: gasCoin) + data.gas.budget)
    }

    private func canPay(_ gas: GasSummary) -> Bool {
        gasCoin.map { Int128(balance(of: $0)) >= Int128(gas.net) } ?? true
    }

    func balance(of id: ObjectID) -> UInt64 {
        guard case .coin(let balance)? = objects[id]?.object.contents else { return 0 }
        return balance
    }

    // MARK: - What comes out

    private mutating func finish(gas: GasSummary, failure: ExecutionFailure?) -> Evaluation {
        if let gasCoin {
            let left = Int128(balance(of: gasCoin)) - Int128(gas.net)
            setCoin(gasCoin, balance: UInt64(clamping: left))
        }
        let changes = sealedChanges()
        let effects = TransactionEffects(
            failure: failure, epoch: ledger.epoch, gas: gas, lamportVersion: lamportVersion,
            changes: changes, gasObject: gasCoin, balances: balances,
            balanceChanges: BalanceDifference.between(
                changes, balances: balances, before: ledger))
        return Evaluation(effects: effects, events: failure == nil ? events : [])
    }

    private var lamportVersion: UInt64 { incomingVersion + 1 }

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
