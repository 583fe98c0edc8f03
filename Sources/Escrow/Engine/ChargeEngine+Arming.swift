import Determinism
import Observability
import Storage
import SuiProtocol

extension ChargeEngine {
    /// - Returns: whether anything may be signed or sent.
    func arm(as leader: Generation) async throws(LeaderError) -> Bool {
        switch arming {
        case .armed: return true
        case .unknown: try await judgeIdentity(of: leader)
        case .fencing: try await fence(as: leader)
        case .catchingUp(let tip, let isFenced):
            try await catchUp(to: tip, isFenced: isFenced, as: leader)
        }
        metrics.isArmed.set(arming.isArmed ? 1 : 0)
        return arming.isArmed
    }

    private func judgeIdentity(of leader: Generation) async throws(LeaderError) {
        let content: IdentityFile.Content?
        do throws(IdentityFileError) {
            content = try restoreGuard.file.read()
        } catch {
            return refuse("the identity file cannot be read: \(error)")
        }
        let hasBatches = try await LeaderError.storing {
            [database] () async throws(StorageError) in
            try await database.hasBatches()
        }
        switch RestoreGuard.need(content, identity: leader.identity, hasBatches: hasBatches)
        {
        case .nothing: arming = .armed
        case .catchUp(let isFenced): arming = .catchingUp(to: nil, isFenced: isFenced)
        case .fence:
            arming = .fencing
            logger.error(
                "this database is not the one that was charged from: what is planned is fenced",
                ("identity", .text(leader.identity)))
        }
    }

    /// In this order: after a crash in between, all of it is done again.
    private func fence(as leader: Generation) async throws(LeaderError) {
        let count = try await book.fencePlanned(as: leader)
        FailPoint.reached("engine.after_fence")
        try await LeaderError.storing(restoreGuard.endSessions)
        guard remember(.fenced(leader.identity)) else { return }
        arming = .catchingUp(to: nil, isFenced: true)
        logger.warning(
            "operations are fenced and sessions ended", ("operations", .number(Int64(count))))
    }

    private func catchUp(
        to tip: Int64?, isFenced: Bool, as leader: Generation
    ) async throws(LeaderError) {
        guard let tip else {
            guard let said = try? await node.status() else { return refuse("no Sui node answers") }
            arming = .catchingUp(to: said.tip, isFenced: isFenced)
            return
        }
        let (mark, breaks, isYounger) = try await LeaderError.storing {
            [database] () async throws(StorageError) in
            (
                try await database.followerMark()?.checkpoint ?? -1,
                try await database.openBreaks(), try await database.knowsLessThanChain()
            )
        }
        guard mark >= tip else { return refuse("the follower is at checkpoint \(mark) of \(tip)") }
        guard isFenced || !isYounger else {
            arming = .fencing
            return
        }
        guard breaks == 0 else {
            return refuse("\(breaks) breaks are open: see 'sluice reconcile'")
        }
        FailPoint.reached("engine.before_arm")
        guard remember(.armed(leader.identity)) else { return }
        arming = .armed
        logger.info("the engine is armed", ("checkpoint", .number(mark)))
    }

    private func remember(_ content: IdentityFile.Content) -> Bool {
        do throws(IdentityFileError) {
            try restoreGuard.file.write(content)
            return true
        } catch {
            refuse("the identity file cannot be written: \(error)")
            return false
        }
    }

    private func refuse(_ why: String) {
        report([.disarmed(why)], at: surroundings.now())
    }
}

extension LeaderError {
    /// Names what failed outside of a leader's own transaction.
    static func storing<Value: Sendable>(
        _ body: @Sendable () async throws(StorageError) -> Value
    ) async throws(LeaderError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }
}
