import Determinism
import Identifiers
import Observability
import Storage
import SuiProtocol

extension ChargeEngine {
    /// What is offered where the cost is not known yet, in MIST.
    private static let trialMist: UInt64 = 5_000_000_000
    private static let suspensionSeconds: Int64 = 30

    func perform(
        _ step: EngineStep, _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) {
        switch step {
        case .send(let batch): send(batch.digest, nil, asksFirst: true)
        case .withdraw(let id): _ = try await book.withdraw(id, as: leader)
        case .maintain(let plan): try await maintain(plan, view, as: leader)
        case .sign(let purpose, let operations, let lane):
            try await sign(purpose, operations, on: lane, view, as: leader)
        case .rebuild(let purpose, let operations, let earlier, let lane):
            guard
                let signed = await build(
                    purpose, operations, on: lane, lastEpoch: view.lastEpoch, lineage: nil)
            else { return }
            try await rebuild(signed, after: earlier, as: leader)
        case .renew(let batch): try await renew(batch, view, as: leader)
        }
    }

    private func sign(
        _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation], on lane: LaneCoin,
        _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) {
        var left = operations[...]
        // Somebody else may have changed one of them meanwhile, which then keeps all from being
        // signed: halves find out which.
        while !left.isEmpty {
            guard
                let signed = await build(
                    purpose, Array(left), on: lane, lastEpoch: view.lastEpoch, lineage: nil)
            else { return }
            FailPoint.reached("engine.before_sign")
            let outcome = try await book.sign(signed, hourCap: settings.capHour, as: leader)
            FailPoint.reached("engine.after_sign")
            switch outcome {
            case .signed:
                metrics.signed(purpose.rawValue, again: false)
                metrics.operations.increment(by: Int64(left.count))
                return send(signed.digest, signed, asksFirst: false)
            case .gasTaken, .notDead, .capReached: return
            case .operationsChanged where left.count == 1:
                return suspend(left.map(\.id), because: "it is not as it was read any more")
            case .operationsChanged: left = left.prefix(left.count / 2)
            }
        }
    }

    private func rebuild(
        _ signed: SignedBatch, after earlier: TransactionDigest, as leader: Generation
    ) async throws(LeaderError) {
        FailPoint.reached("engine.before_rebuild")
        let outcome = try await book.rebuild(signed, after: earlier, as: leader)
        FailPoint.reached("engine.after_rebuild")
        switch outcome {
        case .signed:
            metrics.signed(signed.batch.purpose.rawValue, again: true)
            send(signed.digest, signed, asksFirst: false)
        case .gasTaken, .notDead, .operationsChanged, .capReached: return  // The next turn sees.
        }
    }

    /// Everything of the lineage that has no outcome, with the same version of the same coin.
    private func renew(
        _ batch: LiveBatch, _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) {
        let operations: [EngineOperation]
        do throws(StorageError) {
            operations = try await database.operations(of: batch.digest)
        } catch {
            throw .storage(error)
        }
        guard let purpose = ChargeBatch.Purpose(rawValue: batch.purpose.rawValue),
            let lane = view.coins.first(where: { $0.reference == batch.gas }), !operations.isEmpty,
            let signed = await build(
                purpose, operations, on: lane, lastEpoch: view.lastEpoch, lineage: batch.lineage)
        else { return }
        guard signed.digest != batch.digest else {
            return send(batch.digest, nil, asksFirst: true)  // Nothing to change.
        }
        try await rebuild(signed, after: batch.digest, as: leader)
    }

    private func maintain(
        _ plan: LanePlan, _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) {
        let coins = plan.payment.map(\.reference)
        var gas = BatchComposer.Gas(
            payment: coins, price: gasPrice, budget: 50_000_000, lastEpoch: view.lastEpoch)
        guard let trial = try? composer.maintenance(plan, gas: gas),
            let simulation = try? await node.simulate(trial.bcs), simulation.status == .success
        else { return }
        core.budgets.learn(
            simulation.gas, of: .maintenance, operations: plan.count, price: gas.price)
        gas.budget = min(
            50_000_000,
            core.budgets.budget(.maintenance, operations: plan.count, price: gas.price) ?? .max)
        guard let data = try? composer.maintenance(plan, gas: gas) else { return }
        let bytes = data.bcs
        let signed = SignedMaintenance(
            coins: coins, lastEpoch: view.lastEpoch, digest: TransactionDigest(hashing: bytes),
            bytes: bytes, signature: key.sign(.transaction(bytes)))
        FailPoint.reached("engine.before_maintenance")
        guard try await book.keep(signed, as: leader) else { return }
        FailPoint.reached("engine.after_maintenance")
        logger.info(
            "gas coins are made", ("coins", .number(Int64(plan.count))),
            ("mist", .number(Int64(clamping: plan.share))),
            ("merged", .number(Int64(plan.payment.count - 1))))
        metrics.signed("maintenance", again: false)
        send(signed.digest, bytes: bytes, signature: signed.signature, asksFirst: false)
    }

    // MARK: - Building

    /// - Parameter lineage: of the bytes that these take the place of.
    /// - Returns: nil where it has to wait; why is told.
    private func build(
        _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation], on lane: LaneCoin,
        lastEpoch: Int64, lineage: [UInt8]?
    ) async -> SignedBatch? {
        guard gasPrice > 0 else { return nil }
        var float = BatchComposer.Float()
        if purpose == .refund {
            guard let found = await self.float(for: operations, replacing: lineage) else {
                return nil
            }
            float = found
        }
        var gas = BatchComposer.Gas(
            payment: [lane.reference], price: gasPrice,
            budget: min(lane.balance, Self.trialMist), lastEpoch: lastEpoch)
        do throws(TransactionBuildError) {
            let batch = try? ChargeBatch(
                purpose, operations.map(\.fixed), gas: lane.reference, lastEpoch: lastEpoch)
            guard let batch else { throw .nothingToDo }
            let trial = try composer.transaction(purpose, operations, gas: gas, float: float)
            guard
                let budget = await budget(purpose, operations, price: gas.price, trial),
                budget <= lane.balance
            else { return nil }
            gas.budget = budget
            let data = try composer.transaction(purpose, operations, gas: gas, float: float)
            return key.signed(data, as: batch)
        } catch {
            suspend(operations.map(\.id), because: "no transaction can be built: \(error)")
            return nil
        }
    }

    /// What it may cost: known from its like, or simulated, which also finds what cannot run.
    private func budget(
        _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation], price: UInt64,
        _ trial: TransactionData
    ) async -> UInt64? {
        let kind = LiveBatch.Purpose(purpose)
        let known = core.budgets.budget(kind, operations: operations.count, price: price)
        if let known, !core.memory.trouble.isSuspicious { return known }
        guard let simulation = try? await node.simulate(trial.bcs) else { return nil }
        switch simulation.status {
        case .success:
            core.budgets.learn(simulation.gas, of: kind, operations: operations.count, price: price)
            return core.budgets.budget(kind, operations: operations.count, price: price)
        case .failure(let failure):
            blame(failure, purpose, operations)
            return nil
        }
    }

    /// What a failed simulation names waits; what it does not name stops everything for a while.
    private func blame(
        _ failure: NodeFailure, _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation]
    ) {
        let place =
            operations.count == 1
            ? 0
            : failure.command.flatMap {
                BatchComposer.place(ofCommand: $0, in: operations.count)
            }
        if let place, failure.abortCode != EscrowAbort.notOperator.rawValue,
            purpose != .charge || operations.count > 1
        {
            suspend([operations[place].id], because: failure.message)
        } else {
            core.memory.trouble.add(failure.message, at: surroundings.now())
        }
    }

    func suspend(_ ids: [ChargeID], because reason: String) {
        let until = surroundings.now().adding(seconds: Self.suspensionSeconds)
        for id in ids { core.memory.suspended[id] = until }
        logger.error(
            "operations wait", ("first", .text(ids.first?.description ?? "")),
            ("count", .number(Int64(ids.count))), ("reason", .text(reason)))
        Task { [database] in try? await database.noteTrouble(reason, of: ids) }
    }

    // MARK: - Refunds

    /// The charger's USDC that no other refund spends.
    ///
    /// - Returns: nil where it does not pay for the refunds, or is not known.
    private func float(
        for operations: [EngineOperation], replacing lineage: [UInt8]?
    ) async -> BatchComposer.Float? {
        let needed = operations.reduce(UInt128(0)) { $0 + UInt128($1.fixed.amount.units) }
        do {
            let coins = try await node.coins(
                of: key.address, type: composer.contract.coin, limit: 100)
            let balance = try await node.balance(of: key.address, coin: composer.contract.coin)
            let all = BatchComposer.Float(coins: coins, addressBalance: balance.inAddress)
            metrics.float.set(Int64(clamping: all.sum))
            missingFloat = UInt64(clamping: needed > all.sum ? needed - all.sum : 0)
            let taken = try await coinsInUse(butBy: lineage)
            let free = BatchComposer.Float(
                coins: coins.filter { !taken.contains($0.reference.id) },
                addressBalance: balance.inAddress)
            return free.sum >= needed ? free : nil
        } catch {
            return nil
        }
    }

    private func coinsInUse(butBy lineage: [UInt8]?) async throws(StorageError) -> Set<ObjectID> {
        var taken: Set<ObjectID> = []
        for row in try await database.liveRefundBytes(butOf: lineage) {
            guard let data = try? TransactionData(bcs: row.bytes) else { continue }
            for case .object(.owned(let reference)) in data.program.inputs {
                taken.insert(reference.id)
            }
        }
        return taken
    }
}

extension LiveBatch.Purpose {
    init(_ purpose: ChargeBatch.Purpose) {
        switch purpose {
        case .charge: self = .charge
        case .refund: self = .refund
        case .cancel: self = .cancel
        }
    }
}
