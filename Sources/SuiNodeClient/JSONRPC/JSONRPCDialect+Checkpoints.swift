import Determinism
import SuiProtocol

/// Checkpoints are read one by one with all that is in them: there is no list of events that says
/// how far it goes.
extension JSONRPCDialect {
    func checkpoints(
        _ range: ClosedRange<Int64>, ofModule module: EventModule, affecting address: SuiAddress?
    ) async throws(NodeFault) -> NodeCheckpoints {
        let checkpoints = try await listed(range)
        guard let last = checkpoints.last else { throw line.distrust("no checkpoints") }
        let told = try await transactions(of: checkpoints, module)
        let own = told.filter { told in address.map { told.isOf($0) } ?? false }
        let events = told.flatMap(\.transaction.events)
        let transactions = try await changes(of: own)
        do throws(NodeAnswerFault) {
            try ChainOrder.check(events, in: range)
            try ChainOrder.check(transactions, in: range)
        } catch {
            throw line.distrust(error)
        }
        return NodeCheckpoints(
            range: range, epoch: last.epoch, events: events, transactions: transactions,
            at: last.at)
    }

    /// Every transaction of some checkpoints, in order.
    private func transactions(
        of checkpoints: [ListedCheckpoint], _ module: EventModule
    ) async throws(NodeFault) -> [JSONRPCTransaction] {
        let found = try await told(checkpoints.flatMap(\.transactions), .events(module))
        var all: [JSONRPCTransaction] = []
        for checkpoint in checkpoints {
            for told in found[all.count...].prefix(checkpoint.transactions.count) {
                guard let told, let place = told.transaction.checkpoint else {
                    throw try await missing(in: checkpoint.sequence)
                }
                guard place == checkpoint.sequence else {
                    throw line.distrust("a transaction of another checkpoint")
                }
                all.append(told)
            }
        }
        return all
    }

    private func changes(
        of own: [JSONRPCTransaction]
    ) async throws(NodeFault) -> [NodeTransaction] {
        let found = try await told(own.map(\.transaction.digest), .changes)
        let complete = found.compactMap { $0 }
        guard complete.count == own.count else {
            throw line.distrust("a transaction that was there is not")
        }
        return try await whole(complete)
    }

    /// A checkpoint is there and what is in it is not: its transactions are on their way, or were
    /// thrown away. The former lasts seconds, the latter begins days behind.
    private func missing(in sequence: Int64) async throws(NodeFault) -> NodeFault {
        let tip = try await line.ask(TipCall())
        return tip - sequence <= Self.settlingCheckpoints
            ? .notIndexed(indexed: sequence - 1)
            : .historyPruned(firstAvailable: sequence + 1)
    }

    /// At four a second, about four minutes.
    private static let settlingCheckpoints: Int64 = 1000

    // MARK: - Lists

    /// All of a range, in order.
    private func listed(
        _ range: ClosedRange<Int64>
    ) async throws(NodeFault) -> [ListedCheckpoint] {
        let starts = stride(
            from: range.lowerBound, through: range.upperBound,
            by: Int64.Stride(CheckpointsCall.limit))
        let parts = starts.map { start in
            start...min(range.upperBound, start + Int64(CheckpointsCall.limit) - 1)
        }
        return try await fanOut(parts, width: line.limits.fanOut) { part throws(NodeFault) in
            try await listing(part)
        }.flatMap { $0 }
    }

    private func listing(
        _ part: ClosedRange<Int64>
    ) async throws(NodeFault) -> [ListedCheckpoint] {
        var checkpoints: [ListedCheckpoint] = []
        var next = part.lowerBound
        while next <= part.upperBound {
            let page = try await page(from: next, through: part.upperBound)
            guard let first = page.checkpoints.first, let last = page.checkpoints.last else {
                throw .notIndexed(indexed: next - 1)
            }
            guard first.sequence == next else {
                throw .historyPruned(firstAvailable: first.sequence)
            }
            checkpoints += page.checkpoints
            next = last.sequence + 1
            if !page.hasNext, next <= part.upperBound { throw .notIndexed(indexed: next - 1) }
        }
        return checkpoints
    }

    /// A node that has thrown away what is asked for lists what comes after it, or nothing, or
    /// refuses.
    private func page(
        from next: Int64, through last: Int64
    ) async throws(NodeFault) -> CheckpointsCall.Page {
        let call = CheckpointsCall(from: next, count: Int(last - next + 1))
        let fault: NodeFault
        do throws(NodeFault) {
            let page = try await line.ask(call)
            if !page.checkpoints.isEmpty { return page }
            fault = .unusable(why: "no checkpoints")
        } catch {
            fault = error
        }
        let tip = try await line.ask(TipCall())
        guard tip >= next else { throw .notIndexed(indexed: tip) }
        guard try await line.ask(CheckpointCall(next)) == nil else { throw fault }
        throw .historyPruned(firstAvailable: try await firstKept(after: next, tip: tip))
    }

    /// The first checkpoint that is kept, by halving: once where history was found to be gone.
    private func firstKept(after gone: Int64, tip: Int64) async throws(NodeFault) -> Int64 {
        var (gone, kept) = (gone, tip)
        while gone + 1 < kept {
            let middle = gone + (kept - gone) / 2
            if try await line.ask(CheckpointCall(middle)) == nil {
                gone = middle
            } else {
                kept = middle
            }
        }
        return kept
    }

    /// The first checkpoint that the node lists; 0 where it does not say. A read finds out.
    func firstListed() async -> Int64 {
        let page = try? await line.ask(CheckpointsCall(from: 0, count: 1))
        return page?.checkpoints.first?.sequence ?? 0
    }
}
