import SuiProtocol

extension NodeCore {
    /// What a transaction would do.
    struct Simulation {
        let digest: TransactionDigest
        let bytes: [UInt8]
        let sender: SuiAddress
        let effects: TransactionEffects
        let events: [PendingEvent]
    }

    /// How closely a simulation looks.
    struct SimulationOptions {
        /// Off: whoever owns what, whatever it may cost, and whenever.
        var checks = true
        /// Whether gas coins, price and budget are found here.
        var selectsGas = false
    }

    func simulate(
        _ bytes: [UInt8], _ options: SimulationOptions = .init()
    ) throws(TransactionRefusal) -> Simulation {
        var data = try ledger.read(bytes)
        if options.selectsGas { try selectGas(for: &data) }
        if options.checks { try ledger.check(data, isSimulated: true) }
        return run(data, isFree: data.gas.payment.isEmpty || !options.checks)
    }

    /// - Parameter isFree: a coin that is not there pays.
    private func run(_ data: TransactionData, isFree: Bool) -> Simulation {
        var data = data
        let bytes = data.bcs
        if isFree { data.gas.payment = [] }
        if data.gas.budget == 0 { data.gas.budget = Ledger.largestBudget }
        let digest = TransactionDigest(hashing: bytes)
        var present = ledger
        present.now = max(present.now, now)
        let outcome = present.evaluate(data, digest: digest, manner: isFree ? .free : .paid)
        return Simulation(
            digest: digest, bytes: bytes, sender: data.sender, effects: outcome.effects,
            events: outcome.events)
    }

    /// Price of the epoch, a budget from a run of its own with a reserve, and coins that cover it.
    private func selectGas(for data: inout TransactionData) throws(TransactionRefusal) {
        data.gas.price = max(data.gas.price, Ledger.referenceGasPrice)
        if data.gas.budget == 0 {
            let cost = run(data, isFree: true).effects.gas
            data.gas.budget = (cost.computation + cost.storage) / 5 * 6 + 1000 * data.gas.price
        }
        guard data.gas.payment.isEmpty else { return }
        let used = Set(
            data.program.inputs.compactMap { input in
                if case .object(let object) = input { object.id } else { nil }
            })
        var sum: UInt128 = 0
        let coins = LedgerView.direct(ledger).owned(
            by: data.gas.owner, type: .exact(.coin(of: .sui)))
        for coin in coins where !used.contains(coin.id) {
            guard case .coin(let balance) = coin.contents, sum < data.gas.budget else { continue }
            sum += UInt128(balance)
            data.gas.payment.append(coin.reference)
        }
        guard sum >= data.gas.budget else {
            throw .gasBalanceTooLow(balance: sum, needed: data.gas.budget)
        }
    }
}
