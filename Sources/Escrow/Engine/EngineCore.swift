import Determinism
import Identifiers
import SuiProtocol

/// Decides what is signed, sent, built anew and cancelled next. Pure: the caller reads the
/// database, does the steps and tells what came of them.
struct EngineCore: Sendable {
    let settings: EngineSettings
    var memory = EngineMemory()
    var budgets: GasBudgets
    /// Coins that no transaction has, the largest first; each step takes one.
    private var lanes: [LaneCoin] = []

    init(settings: EngineSettings) {
        self.settings = settings
        budgets = GasBudgets(laneMist: settings.laneMist)
    }

    /// A coin that cannot pay for the largest transaction is no lane.
    var leastMist: UInt64 { max(settings.leastMist, budgets.largest) }

    /// Lanes left for charges and refunds: one is kept for cancellations and for what died.
    var lanesForPlanned: Int { max(0, lanes.count - (lanesInAll > 2 ? 1 : 0)) }
    private var lanesInAll = 0

    /// Refusals, over some eight seconds, after which bytes are given up: none of their operations
    /// is, and they are built anew in parts.
    static let patience = 5

    // MARK: - What was signed before

    /// Everything but planned operations.
    mutating func upkeep(_ view: EngineView, at now: Timestamp) -> [EngineStep] {
        judge(view, at: now)
        doubtBudgets(view, at: now)
        lanesInAll = view.coins.count { $0.balance >= leastMist }
        lanes = view.coins.filter { !$0.isClaimed && $0.balance >= leastMist }
            .sorted { $0.balance > $1.balance }
        var steps = view.live.compactMap { step(for: $0, view, at: now) }
        if view.isAdrift {
            lanes = []
            return steps.filter { if case .send = $0 { true } else { false } }
        }
        steps += cancellations(view, at: now)
        steps += rebuilds(view, at: now)
        if let plan = lanePlan(view, at: now) { steps.append(.maintain(plan)) }
        return steps
    }

    /// Where what was learned leaves no lane although there are coins that would do, a node may have
    /// lied once: it is asked again.
    private mutating func doubtBudgets(_ view: EngineView, at now: Timestamp) {
        guard budgets.largest > settings.leastMist,
            view.coins.contains(where: { $0.balance >= settings.leastMist }),
            !view.coins.contains(where: { $0.balance >= leastMist }),
            memory.budgetsRestUntil.map({ now >= $0 }) ?? true
        else { return }
        budgets.forget()
        memory.budgetsRestUntil = now.adding(seconds: 10)
    }

    private mutating func takeLane() -> LaneCoin? { lanes.isEmpty ? nil : lanes.removeFirst() }

    /// Counts failures, and forgets what is over.
    private mutating func judge(_ view: EngineView, at now: Timestamp) {
        let live = Set(view.live.filter { $0.purpose != .maintenance }.map(\.lineage))
        let dead = Set(view.dead.map(\.lineage))
        for batch in view.dead {
            guard case .failed = batch.cause,
                memory.countedFailures.insert(batch.lineage).inserted
            else { continue }
            memory.trouble.add("transactions fail on chain", at: now)
            budgets.forget()
        }
        if !memory.lineages.subtracting(live).subtracting(dead).isEmpty {
            memory.trouble = .init()  // One of them ran as it should.
        }
        memory.lineages = live
        memory.countedFailures.formIntersection(dead)
        let digests = Set(view.live.map(\.digest))
        memory.sends = memory.sends.filter { digests.contains($0.key) }
        memory.suspended = memory.suspended.filter { now < $0.value }
    }

    private func step(
        for batch: LiveBatch, _ view: EngineView, at now: Timestamp
    ) -> EngineStep? {
        let isLate = batch.lastEpoch < max(view.bookedEpoch, view.chainEpoch)
        switch memory.sends[batch.digest] {
        case .underWay: return nil
        case .answered(let askAgainAt): return now < askAgainAt ? nil : .send(batch)
        case .silent(_, let dueAt) where now < dueAt, .refused(_, let dueAt) where now < dueAt:
            return nil
        case .refused(let tries, _) where tries >= Self.patience && batch.purpose != .maintenance:
            return .release(batch)
        case .refused(let tries, _) where renews(batch, view, tries: tries, at: now):
            return .renew(batch)
        case nil, .silent, .refused:
            // An older build may have run: only checkpoints tell. New bytes then run in vain.
            if isLate { return renews(batch, view, tries: 0, at: now) ? .renew(batch) : nil }
            return .send(batch)
        }
    }

    /// The same operations on the same version of the coin: because the bytes expire, or because
    /// the refund's own coin may have been spent meanwhile.
    private func renews(
        _ batch: LiveBatch, _ view: EngineView, tries: Int, at now: Timestamp
    ) -> Bool {
        guard batch.isWanted else { return false }
        switch batch.purpose {
        case .maintenance, .cancel: return false  // They are signed afresh once they are dead.
        case .refund where tries > 0: return now >= batch.signedAt.adding(seconds: 5)
        case .charge, .refund: return batch.lastEpoch < view.lastEpoch
        }
    }

    private mutating func cancellations(_ view: EngineView, at now: Timestamp) -> [EngineStep] {
        var steps: [EngineStep] = []
        for one in view.cancellations where one.isDue(at: now) {
            if one.isPlanned {
                steps.append(.withdraw(one.operation.id))
            } else if !memory.isSuspended(one.operation.id, at: now), let lane = takeLane() {
                steps.append(.sign(.cancel, [one.operation], on: lane))
            }
        }
        return steps
    }

    private mutating func rebuilds(_ view: EngineView, at now: Timestamp) -> [EngineStep] {
        var steps: [EngineStep] = []
        for batch in view.dead where batch.isDue(at: now) {
            for part in batch.parts(without: memory.suspended) {
                guard let lane = takeLane() else { break }
                steps.append(.rebuild(batch.purpose, part, after: batch.digest, on: lane))
            }
        }
        return steps
    }

    private mutating func lanePlan(_ view: EngineView, at now: Timestamp) -> LanePlan? {
        guard !view.live.contains(where: { $0.purpose == .maintenance }),
            memory.maintenanceRestsUntil.map({ now >= $0 }) ?? true,
            let plan = LanePlan(
                coins: view.coins, wanted: settings.lanes,
                share: max(settings.laneMist, 2 * leastMist), least: leastMist)
        else { return nil }
        memory.maintenanceRestsUntil = now.adding(seconds: 5)
        return plan
    }

    // MARK: - What is planned

    /// How many planned operations are worth reading.
    func appetite(at now: Timestamp) -> Int {
        memory.trouble.isResting(at: now) ? 0 : lanesForPlanned * settings.batchLimit
    }

    /// First bytes for planned operations: those that stand alone, and whole batches of charges,
    /// or what there is once it has waited for others long enough.
    mutating func take(
        _ planned: [PlannedOperation], _ view: EngineView, at now: Timestamp
    ) -> (steps: [EngineStep], held: Held) {
        var held = Held()
        var steps: [EngineStep] = []
        var charges: [EngineOperation] = []
        var signed = view.signedWithinHour
        // While charges wait, what stands alone gets half of the lanes at most.
        let forCharges = planned.contains { !$0.standsAlone } ? lanesForPlanned / 2 : 0
        for one in planned where !memory.isSuspended(one.operation.id, at: now) {
            if one.standsAlone {
                guard lanesForPlanned > forCharges, let lane = takeLane() else { continue }
                steps.append(.sign(one.isFenced ? .cancel : .refund, [one.operation], on: lane))
            } else if let sum = admit(one.operation, over: signed, &held) {
                signed = sum
                charges.append(one.operation)
            }
        }
        steps += batches(of: charges, at: now)
        moveCursor(over: planned, steps, waiting: charges, at: now)
        return (steps, held)
    }

    /// Behind the last one that is signed, and those after it that are kept back: what waits for a
    /// lane or for others is looked at again, and what cannot be signed is in nobody's way.
    private mutating func moveCursor(
        over planned: [PlannedOperation], _ steps: [EngineStep], waiting: [EngineOperation],
        at now: Timestamp
    ) {
        var signed: Set<ChargeID> = []
        for case .sign(_, let operations, _) in steps { signed.formUnion(operations.map(\.id)) }
        let waiting = Set(waiting.map(\.id))
        let first = planned.lastIndex { signed.contains($0.operation.id) }.map { $0 + 1 } ?? 0
        let passed = planned[first...].prefix {
            memory.isSuspended($0.operation.id, at: now)
                || !$0.standsAlone && !waiting.contains($0.operation.id)
        }
        let end = first + passed.count
        if end > 0 { memory.cursor = planned[end - 1].operation.fixed.account }
    }

    /// - Returns: the hour's sum with it; nil where a cap keeps it back.
    private func admit(
        _ operation: EngineOperation, over signed: MicroUSDC, _ held: inout Held
    ) -> MicroUSDC? {
        let amount = operation.fixed.amount
        if let cap = settings.capSingle, amount > cap {
            held.aboveSingle.append(operation.id)
            return nil
        }
        guard let cap = settings.capHour else { return signed }
        guard let sum = try? signed.adding(amount), sum <= cap else {
            held.aboveHour += 1
            return nil
        }
        return sum
    }

    private mutating func batches(
        of charges: [EngineOperation], at now: Timestamp
    ) -> [EngineStep] {
        guard !charges.isEmpty else {
            memory.fillingSince = nil
            return []
        }
        let since = memory.fillingSince ?? now
        memory.fillingSince = since
        let isPatient = now < since.adding(milliseconds: settings.fillMilliseconds)
        var steps: [EngineStep] = []
        var left = charges[...]
        while !left.isEmpty, lanesForPlanned > 0 {
            let batch = Array(left.prefix(settings.batchLimit))
            if batch.count < settings.batchLimit, isPatient { break }
            guard let lane = takeLane() else { break }
            left = left.dropFirst(batch.count)
            steps.append(.sign(.charge, batch, on: lane))
        }
        if !steps.isEmpty { memory.fillingSince = left.isEmpty ? nil : now }
        return steps
    }

    /// What waits for somebody to do something.
    struct Held: Hashable, Sendable {
        var aboveSingle: [ChargeID] = []
        var aboveHour = 0
    }
}
