import Determinism
import Identifiers
import Observability
import Storage
import SuiProtocol

extension ChargeEngine {
    /// What is offered where the cost is not known yet, in MIST.
    private static let trialMist: UInt64 = 5_000_000_000
    /// Enough for any transaction that only makes coins.
    private static let maintenanceMist: UInt64 = 50_000_000
    /// The charger's largest USDC coins, of which refunds are paid.
    private static let floatCoins = 100
    /// Between two looks at the charger's USDC for one refund.
    private static let floatMilliseconds: Int64 = 500
    private static let passedOverMilliseconds: Int64 = 500

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
            try await rebuild(purpose, operations, after: earlier, on: lane, view, as: leader)
        case .renew(let batch): try await renew(batch, view, as: leader)
        case .release(let batch): try await release(batch, view, as: leader)
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
            let built = await build(
                purpose, Array(left), on: lane, lastEpoch: view.lastEpoch, lineage: nil)
            guard case .signed(let signed) = built else {
                guard case .impossible = built, left.count > 1 else { return }
                left = left.prefix(left.count / 2)
                continue
            }
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
                return passOver(left.map(\.id))
            case .operationsChanged: left = left.prefix(left.count / 2)
            }
        }
    }

    /// Dead operations may be built in any parts: where not all can run together, some do.
    private func rebuild(
        _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation],
        after earlier: TransactionDigest, on lane: LaneCoin, _ view: EngineView,
        as leader: Generation
    ) async throws(LeaderError) {
        var left = operations[...]
        while !left.isEmpty {
            let built = await build(
                purpose, Array(left), on: lane, lastEpoch: view.lastEpoch, lineage: nil,
                isTried: true)
            switch built {
            case .signed(let signed):
                return try await rebuild(signed, after: earlier, as: leader)
            case .impossible where left.count > 1: left = left.prefix(left.count / 2)
            case .impossible, .later: return
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
            case .signed(let signed) = await build(
                purpose, operations, on: lane, lastEpoch: view.lastEpoch, lineage: batch.lineage)
        else { return }
        guard signed.digest != batch.digest else {
            return send(batch.digest, nil, asksFirst: true)  // Nothing to change.
        }
        try await rebuild(signed, after: batch.digest, as: leader)
    }

    /// Spends the version of the coin on nothing, so that bytes that nodes refuse are dead once the
    /// follower has seen it, and their operations can be built in parts.
    private func release(
        _ batch: LiveBatch, _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) {
        guard let lane = view.coins.first(where: { $0.reference == batch.gas }) else { return }
        let gas = BatchComposer.Gas(
            payment: [lane.reference], price: gasPrice,
            budget: min(lane.balance, Self.maintenanceMist), lastEpoch: view.lastEpoch)
        guard gas.price > 0, let data = try? composer.release(gas: gas) else { return }
        let signed = signed(data, spending: [lane.reference], lastEpoch: view.lastEpoch)
        FailPoint.reached("engine.before_release")
        guard try await book.release(signed, lineage: batch.lineage, as: leader) else { return }
        FailPoint.reached("engine.after_release")
        await avoidCoins(of: batch)
        logger.warning(
            "a refused transaction is given no more chance to run",
            ("digest", .text("\(batch.digest)")))
        metrics.signed("maintenance", again: true)
        send(signed.digest, bytes: signed.bytes, signature: signed.signature, asksFirst: false)
    }

    /// Of a refund that is given up: its next bytes take other coins where there are any.
    private func avoidCoins(of batch: LiveBatch) async {
        guard batch.purpose == .refund, let epoch = status?.said.epoch.number,
            let stored = try? await database.signedBytes(of: batch.digest),
            let data = try? TransactionData(bcs: stored.bytes)
        else { return }
        for id in RefundFunds.spent(by: data) { core.memory.lockedFloat[id] = epoch }
    }

    private func signed(
        _ data: TransactionData, spending coins: [ObjectReference], lastEpoch: Int64
    ) -> SignedMaintenance {
        let bytes = data.bcs
        return SignedMaintenance(
            coins: coins, lastEpoch: lastEpoch, digest: TransactionDigest(hashing: bytes),
            bytes: bytes, signature: key.sign(.transaction(bytes)))
    }

    private func maintain(
        _ plan: LanePlan, _ view: EngineView, as leader: Generation
    ) async throws(LeaderError) {
        let coins = plan.payment.map(\.reference)
        var gas = BatchComposer.Gas(
            payment: coins, price: gasPrice, budget: Self.maintenanceMist,
            lastEpoch: view.lastEpoch)
        guard let trial = try? composer.maintenance(plan, gas: gas),
            let simulation = try? await node.simulate(trial.bcs), simulation.status == .success
        else { return }
        core.budgets.learn(
            simulation.gas, of: .maintenance, operations: plan.count, price: gas.price)
        gas.budget = min(
            Self.maintenanceMist,
            core.budgets.budget(.maintenance, operations: plan.count, price: gas.price) ?? .max)
        guard let data = try? composer.maintenance(plan, gas: gas) else { return }
        let signed = signed(data, spending: coins, lastEpoch: view.lastEpoch)
        FailPoint.reached("engine.before_maintenance")
        guard try await book.keep(signed, as: leader) else { return }
        FailPoint.reached("engine.after_maintenance")
        logger.info(
            "gas coins are made", ("coins", .number(Int64(plan.count))),
            ("mist", .number(Int64(clamping: plan.share))),
            ("merged", .number(Int64(plan.payment.count - 1))))
        metrics.signed("maintenance", again: false)
        send(signed.digest, bytes: signed.bytes, signature: signed.signature, asksFirst: false)
    }

    // MARK: - Building

    private enum Built {
        case signed(SignedBatch)
        /// These together cannot run, and who is to blame is not known; alone, it is known.
        case impossible
        /// It has to wait; why is told.
        case later
    }

    /// - Parameters:
    ///   - lineage: of the bytes that these take the place of.
    ///   - isTried: simulates although the cost is known.
    private func build(
        _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation], on lane: LaneCoin,
        lastEpoch: Int64, lineage: [UInt8]?, isTried: Bool = false
    ) async -> Built {
        guard gasPrice > 0 else { return .later }
        var funds = RefundFunds()
        if purpose == .refund {
            guard let found = await refundFunds(for: operations, replacing: lineage) else {
                return .later
            }
            funds = found
        }
        var gas = BatchComposer.Gas(
            payment: [lane.reference], price: gasPrice,
            budget: min(lane.balance, Self.trialMist), lastEpoch: lastEpoch)
        do throws(TransactionBuildError) {
            let batch = try? ChargeBatch(
                purpose, operations.map(\.fixed), gas: lane.reference, lastEpoch: lastEpoch)
            guard let batch else { throw .nothingToDo }
            let trial = try composer.transaction(purpose, operations, gas: gas, funds: funds)
            switch await budget(
                purpose, operations, price: gas.price, trial, isTried: isTried)
            {
            case .mist(let budget) where budget <= lane.balance: gas.budget = budget
            case .mist, .later: return .later
            case .impossible: return .impossible
            }
            let data = try composer.transaction(purpose, operations, gas: gas, funds: funds)
            return .signed(key.signed(data, as: batch))
        } catch {
            suspend(operations.map(\.id), because: "no transaction can be built: \(error)")
            return .later
        }
    }

    private enum Budget {
        case mist(UInt64)
        case impossible
        case later
    }

    /// What it may cost: known from its like, or simulated, which also finds what cannot run.
    private func budget(
        _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation], price: UInt64,
        _ trial: TransactionData, isTried: Bool
    ) async -> Budget {
        let kind = LiveBatch.Purpose(purpose)
        let known = core.budgets.budget(kind, operations: operations.count, price: price)
        if let known, !isTried, !core.memory.isSuspicious { return .mist(known) }
        let simulation: NodeSimulation
        do throws(SuiNodeError) {
            simulation = try await node.simulate(trial.bcs)
        } catch .refused(let words) {
            guard operations.count == 1 else { return .impossible }
            suspend(operations.map(\.id), because: words)
            return .later
        } catch {
            return .later
        }
        switch simulation.status {
        case .success:
            let isBelieved = core.budgets.learn(
                simulation.gas, of: kind, operations: operations.count, price: price)
            if !isBelieved {
                core.memory.trouble.add(
                    "a node asks for more gas than is believed", at: surroundings.now())
            }
            return core.budgets.budget(kind, operations: operations.count, price: price)
                .map(Budget.mist) ?? .later
        case .failure(let failure):
            blame(failure, purpose, operations)
            return .later
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

    /// Mostly an older one of the account was planned meanwhile, which goes first: both are looked
    /// at again soon, and nothing is wrong with either. One that is passed over again and again is
    /// not as it was planned any more, and its account waits behind it: that is said.
    private func passOver(_ ids: [ChargeID]) {
        for id in ids { core.memory.passedOver[id, default: 0] += 1 }
        let stuck = ids.filter { core.memory.passedOver[$0] ?? 0 >= EngineMemory.passingLimit }
        guard stuck.isEmpty else {
            return suspend(stuck, because: "it is not as it was planned any more, and not signed")
        }
        let until = surroundings.now().adding(milliseconds: Self.passedOverMilliseconds)
        for id in ids { core.memory.suspended[id] = until }
        logger.debug(
            "an operation changed meanwhile", ("first", .text(ids.first?.description ?? "")))
    }

    func suspend(_ ids: [ChargeID], because reason: String) {
        let until = surroundings.now().adding(milliseconds: settings.suspendedMilliseconds)
        for id in ids { core.memory.suspended[id] = until }
        logger.error(
            "operations wait", ("first", .text(ids.first?.description ?? "")),
            ("count", .number(Int64(ids.count))), ("reason", .text(reason)))
        guard let leader else { return }
        Task { [book] in try? await book.noteTrouble(reason, of: ids, as: leader) }
    }

    // MARK: - Refunds

    /// The charger's USDC that no other refund spends.
    ///
    /// - Returns: nil where it does not pay for these refunds now, or is not known: they are tried
    ///   again a little later.
    private func refundFunds(
        for operations: [EngineOperation], replacing lineage: [UInt8]?
    ) async -> RefundFunds? {
        let needed = operations.reduce(UInt128(0)) { $0 + UInt128($1.fixed.amount.units) }
        do {
            let balance = try await node.balance(of: key.address, coin: composer.contract.coin)
            let coins = try await node.coins(
                of: key.address, type: composer.contract.coin, limit: Self.floatCoins,
                worth: UInt64(clamping: needed))
            let epoch = status?.said.epoch.number ?? 0
            core.memory.lockedFloat = core.memory.lockedFloat.filter { $0.value >= epoch }
            var funds = RefundFunds(
                coins: coins, addressBalance: balance.inAddress,
                locked: Set(core.memory.lockedFloat.keys))
            metrics.float.set(Int64(clamping: funds.sum))
            let isCut = coins.count == Self.floatCoins
            let all = isCut ? max(funds.sum, balance.sum) : funds.sum
            let waiting = UInt128(try await database.plannedRefunds())
            missingFloat = UInt64(clamping: waiting > all ? waiting - all : 0)
            hiddenFloat = UInt64(clamping: needed > funds.sum ? all - funds.sum : 0)
            for row in try await database.liveRefundBytes(butOf: lineage) {
                if let data = try? TransactionData(bcs: row.bytes) { funds.remove(spentBy: data) }
            }
            if funds.sum >= needed { return funds }
        } catch {
            logger.debug("the float is not known", ("reason", .text("\(error)")))
        }
        let until = surroundings.now().adding(milliseconds: Self.floatMilliseconds)
        for operation in operations { core.memory.suspended[operation.id] = until }
        return nil
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
