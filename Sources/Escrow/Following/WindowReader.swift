import Determinism
import Identifiers
import SuiProtocol

/// Reads a window from a node, for all contracts, and believes only what fits together.
struct WindowReader: Sendable {
    let node: any SuiNode
    /// Not empty. Their events are read by the module that defines them, whoever was called.
    let contracts: [EscrowContract]
    /// Whose coins and failed transactions are read as well; nil for nobody's.
    let charger: SuiAddress?

    func read(_ range: ClosedRange<Int64>) async throws(FollowerError) -> CheckpointWindow {
        var answers: [NodeCheckpoints] = []
        for module in modules {
            do throws(SuiNodeError) {
                answers.append(
                    try await node.checkpoints(
                        range, ofModule: module, affecting: answers.isEmpty ? charger : nil))
            } catch {
                throw FollowerError(error, next: range.lowerBound)
            }
        }
        return try window(range, answers)
    }

    private var modules: [EventModule] {
        var modules: [EventModule] = []
        for contract in contracts where !modules.contains(contract.events) {
            modules.append(contract.events)
        }
        return modules
    }

    /// - Parameter answers: one for each module, the charger's transactions in the first.
    func window(
        _ range: ClosedRange<Int64>, _ answers: [NodeCheckpoints]
    ) throws(FollowerError) -> CheckpointWindow {
        var events: [RawEvent] = []
        var unmatched: [UnmatchedEvent] = []
        for answer in answers {
            guard answer.range == range else { throw .contradiction(.otherRange) }
            for told in try Self.ordered(answer.events, in: range) {
                if let event = raw(told) {
                    events.append(event)
                } else if let event = stray(told.event) {
                    unmatched.append(event)
                }
            }
        }
        guard let first = answers.first, answers.allSatisfy({ $0.epoch == first.epoch }) else {
            throw .contradiction(.epoch)
        }
        if answers.count > 1 { events = Self.merged(events) }
        var window = CheckpointWindow(
            first: range.lowerBound, last: range.upperBound, epoch: Int64(clamping: first.epoch),
            events: events, unmatched: unmatched, at: first.at)
        try add(first.transactions, to: &window)
        return window
    }

    /// Those of our contracts among a node's events.
    func events(
        _ events: [NodeEvent], in range: ClosedRange<Int64>
    ) throws(FollowerError) -> [RawEvent] {
        try Self.ordered(events, in: range).compactMap(raw)
    }

    /// Accounts of different contracts have nothing to do with each other, so the order within a
    /// checkpoint only matters within each.
    private static func merged(_ events: [RawEvent]) -> [RawEvent] {
        events.enumerated().sorted {
            ($0.element.checkpoint, $0.offset) < ($1.element.checkpoint, $1.offset)
        }.map(\.element)
    }

    private static func ordered(
        _ events: [NodeEvent], in range: ClosedRange<Int64>
    ) throws(FollowerError) -> [DatedEvent] {
        var dated: [DatedEvent] = []
        for event in events {
            guard let checkpoint = event.checkpoint, let at = event.at else {
                throw .contradiction(.undated)
            }
            guard range.contains(checkpoint) else { throw .contradiction(.outsideRange) }
            if let last = dated.last {
                let isAfter =
                    last.event.transaction == event.transaction
                    ? last.event.sequence < event.sequence : last.checkpoint <= checkpoint
                guard isAfter else { throw .contradiction(.order) }
            }
            dated.append(DatedEvent(event: event, checkpoint: checkpoint, at: at))
        }
        return dated
    }

    /// Nil for an event that is none of any contract's.
    private func raw(_ dated: DatedEvent) -> RawEvent? {
        let event = dated.event
        let id = EventID(transaction: event.transaction, sequence: event.sequence)
        for contract in contracts {
            do throws(SuiDecodingError) {
                guard let known = try contract.event(type: event.type, bcs: event.bcs) else {
                    continue
                }
                return RawEvent(
                    id: id, checkpoint: dated.checkpoint, at: dated.at, known,
                    objectVersion: event.lamportVersion.flatMap { Int64(exactly: $0) })
            } catch {
                return RawEvent(
                    id: id, checkpoint: dated.checkpoint, at: dated.at,
                    unreadable: event.type.name, bcs: event.bcs)
            }
        }
        return nil
    }

    /// Nil for one that no module of ours defines.
    private func stray(_ event: NodeEvent) -> UnmatchedEvent? {
        let module = EventModule(package: event.type.package, module: event.type.module)
        guard modules.contains(module) else { return nil }
        return UnmatchedEvent(
            id: EventID(transaction: event.transaction, sequence: event.sequence),
            type: event.type)
    }

    private func add(
        _ transactions: [NodeTransaction], to window: inout CheckpointWindow
    ) throws(FollowerError) {
        guard let charger else { return }
        var coins = ChargerCoins(charger: charger)
        for transaction in transactions {
            guard let checkpoint = transaction.checkpoint, let at = transaction.at else {
                throw .contradiction(.undated)
            }
            guard (window.first...window.last).contains(checkpoint) else {
                throw .contradiction(.outsideRange)
            }
            coins.apply(transaction, checkpoint: checkpoint)
            guard case .failure(let failure) = transaction.status else { continue }
            window.failures.append(
                FailedTransaction(
                    digest: transaction.digest, checkpoint: checkpoint, at: at, failure: failure))
        }
        window.gas = coins.held
        window.goneGas = coins.gone
    }
}

private struct DatedEvent {
    var event: NodeEvent
    var checkpoint: Int64
    var at: Timestamp
}
