import Determinism
import Observability
import Storage
import SuiProtocol

extension ChargeEngine {
    private static let timeMilliseconds: Int64 = 1000

    /// Finds out whether this is the database that was charged from, and fences it where it is not.
    ///
    /// To be done before anything else in a generation: what the follower books makes a database
    /// from before look as far as it should be, to whoever leads next.
    ///
    /// - Returns: false where there is nothing more to do for this generation; ``unfit`` says why,
    ///   where this process is to blame.
    public func judge(as leader: Generation) async -> Bool {
        if judged != leader {
            arming = .unknown
            fitting = .unknown
            bookedUntil = nil
            fileTrouble = nil
            looking?.cancel()
        }
        judged = leader
        while !arming.isJudged {
            guard !Task.isCancelled, unfit == nil else { return false }
            do throws(LeaderError) {
                if try await arm(as: leader) { break }
            } catch {
                guard rest(after: error) != nil else { return false }
            }
            if !arming.isJudged, !obstacles.isEmpty {
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        return true
    }

    /// - Returns: whether anything may be signed or sent.
    func arm(as leader: Generation) async throws(LeaderError) -> Bool {
        switch arming {
        case .armed: return true
        case .unknown: try await judgeIdentity(of: leader)
        case .fencing: try await fence(as: leader)
        case .confirming: try await confirm(as: leader)
        case .catchingUp(let told, let isFenced):
            // A clock that was ahead when it was asked is not waited for once it is right.
            let moment = min(told, surroundings.now())
            arming = .catchingUp(since: moment, isFenced: isFenced)
            try await catchUp(since: moment, isFenced: isFenced, as: leader)
        }
        metrics.isArmed.set(arming.isArmed ? 1 : 0)
        return arming.isArmed
    }

    private func judgeIdentity(of leader: Generation) async throws(LeaderError) {
        let content: IdentityFile.Content?
        do throws(IdentityFileError) {
            content = try restoreGuard.file.read()
            fileTrouble = nil
        } catch {
            return refuse(file: "read", error)
        }
        let hasBatches = try await LeaderError.storing {
            [database] () async throws(StorageError) in
            try await database.hasBatches()
        }
        switch RestoreGuard.need(content, leader: leader, hasBatches: hasBatches) {
        case .nothing: arming = .confirming
        case .catchUp(let isFenced):
            arming = .catchingUp(since: surroundings.now(), isFenced: isFenced)
        case .fence:
            arming = .fencing
            logger.error(
                "this database is not the one that was charged from: what is planned is fenced",
                ("identity", .text(leader.identity)), ("booked", .number(leader.checkpoint)),
                ("known", .text(content?.database.identity ?? "")),
                ("known_booked", .number(content?.database.checkpoint ?? -1)))
        }
    }

    /// In this order: after a crash in between, all of it is done again.
    private func fence(as leader: Generation) async throws(LeaderError) {
        let count = try await book.fencePlanned(as: leader)
        FailPoint.reached("engine.after_fence")
        while try await database.lead(as: leader, restoreGuard.endSessions) {}
        guard remember(.fenced(try await database.known(as: leader))) else { return }
        arming = .catchingUp(since: surroundings.now(), isFenced: true)
        logger.warning(
            "operations are fenced and sessions ended", ("operations", .number(Int64(count))))
    }

    private func catchUp(
        since moment: Timestamp, isFenced: Bool, as leader: Generation
    ) async throws(LeaderError) {
        let (mark, breaks, isYounger) = try await LeaderError.storing {
            [database] () async throws(StorageError) in
            (
                try await database.followerMark()?.checkpoint ?? -1,
                try await database.openBreaks(), try await database.knowsLessThanChain()
            )
        }
        guard let booked = await time(of: mark) else {
            return refuse("the follower is at checkpoint \(mark), and no node tells of it")
        }
        guard booked > moment else {
            return refuse(
                "the follower is at checkpoint \(mark) of \(booked.rfc3339), and has to come past "
                    + moment.rfc3339)
        }
        guard isFenced || !isYounger else {
            arming = .fencing
            return
        }
        guard breaks == 0 else {
            return refuse("\(breaks) breaks are open: see 'sluice reconcile'")
        }
        if isFenced, let misfit = misfit(as: leader) { return refuse(misfit) }
        FailPoint.reached("engine.before_arm")
        try await confirm(as: leader)
        if arming.isArmed { logger.info("the engine is armed", ("checkpoint", .number(mark))) }
    }

    /// As a checkpoint that can be read says it; nil before the first, and while no node tells.
    /// Asked for once a second: in between it is that of an earlier checkpoint, which was before.
    private func time(of mark: Int64) async -> Timestamp? {
        if let bookedUntil, bookedUntil.mark == mark { return bookedUntil.at }
        let now = surroundings.now().milliseconds
        if let askedTime, (0..<Self.timeMilliseconds).contains(now - askedTime.milliseconds) {
            return bookedUntil?.at
        }
        askedTime = surroundings.now()
        guard mark >= 0,
            let read = try? await node.checkpoints(
                mark...mark, ofModule: composer.contract.events, affecting: nil),
            let at = read.at
        else { return nil }
        bookedUntil = (mark, at)
        return at
    }

    /// The database says so last: who waits believes it.
    private func confirm(as leader: Generation) async throws(LeaderError) {
        guard remember(.armed(try await database.known(as: leader))) else { return }
        try await database.sayArmed(as: leader)
        arming = .armed
    }

    private func remember(_ content: IdentityFile.Content) -> Bool {
        do throws(IdentityFileError) {
            try restoreGuard.file.write(content)
            fileTrouble = nil
            return true
        } catch {
            refuse(file: "written", error)
            return false
        }
    }

    private func refuse(file deed: String, _ error: IdentityFileError) {
        let why = "the identity file \(restoreGuard.file.path) cannot be \(deed): \(error)"
        let now = surroundings.now()
        fileTrouble = (why, min(fileTrouble?.since ?? now, now))
        refuse(why)
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
