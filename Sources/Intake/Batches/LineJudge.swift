public import Determinism
import Observability

/// Makes a line of a message, or finds why it is none. What is refused is counted, and kept as far
/// as the budget goes. Shared by all that read.
public final class LineJudge: Sendable {
    private let horizon: AcceptHorizon
    private let budget: QuarantineBudget
    private let surroundings: Surroundings
    private let metrics: IntakeMetrics

    public init(
        budget: QuarantineBudget, metrics: IntakeMetrics, surroundings: Surroundings,
        horizon: AcceptHorizon = .standard
    ) {
        self.budget = budget
        self.metrics = metrics
        self.surroundings = surroundings
        self.horizon = horizon
    }

    var now: Timestamp { surroundings.now() }

    /// - Parameters:
    ///   - sender: from whom, and whose lines those may be.
    ///   - now: read once for what is read at one go.
    func judge(
        _ bytes: UnsafeBufferPointer<UInt8>, from sender: Sender, at now: Timestamp,
        into chunk: inout LineChunk
    ) {
        do {
            let line = try RequestLine(parsing: bytes)
            // First: what is a stranger's is never taken by a replay, whatever else is wrong with it.
            guard sender.edge == nil || sender.edge == line.edge else {
                return refuse(
                    .edgeMismatch(claimed: line.edge), bytes, from: sender, at: now, into: &chunk)
            }
            try horizon.admit(line.time, now: now)
            chunk.append(line, bytes)
        } catch {
            refuse(.refused(error), bytes, from: sender, at: now, into: &chunk)
        }
    }

    /// - Parameter isCut: `bytes` are not all that came.
    func refuse(
        _ reason: QuarantineReason, _ bytes: some Collection<UInt8>, isCut: Bool = false,
        from sender: Sender, at now: Timestamp, into chunk: inout LineChunk
    ) {
        metrics.refused(reason.code)
        guard budget.take(source: sender.source, reason, at: now) else {
            return metrics.unsampled.increment()
        }
        chunk.append(RefusedMessage(source: sender.source, reason, raw: bytes, isCut: isCut))
    }
}
