public import Determinism
import Observability

/// Gathers what readers bring into batches and keeps a bounded number of them. Who brings more than
/// there is room for waits: a reader that waits does not read, and so its sender waits too.
public final class BatchQueue: Sendable {
    private struct OpenBatch {
        var batch: LineBatch
        var due: Deadline
    }

    private struct State {
        var open: [String: OpenBatch] = [:]
        var sealed: [LineBatch] = []
        var weight = 0
        var given = 0
        var isClosed = false

        mutating func seal(_ source: String) {
            guard let entry = open.removeValue(forKey: source) else { return }
            sealed.append(entry.batch)
        }

        mutating func takeFirst() -> LineBatch? {
            guard !sealed.isEmpty else { return nil }
            var batch = sealed.removeFirst()
            given += 1
            batch.number = given
            return batch
        }
    }

    /// Beyond so many bytes in memory readers wait.
    private let weightLimit: Int
    private let lineLimit: Int
    private let delayMilliseconds: Int64
    private let surroundings: Surroundings
    private let metrics: IntakeMetrics
    private let state = Monitor(State())

    /// - Parameters:
    ///   - lineLimit: lines of a batch, nearly.
    ///   - delayMilliseconds: how long a batch may wait for more.
    public init(
        metrics: IntakeMetrics, surroundings: Surroundings, lineLimit: Int = 16_384,
        delayMilliseconds: Int64 = 500, weightLimit: Int = 48 << 20
    ) {
        self.metrics = metrics
        self.surroundings = surroundings
        self.lineLimit = lineLimit
        self.delayMilliseconds = delayMilliseconds
        self.weightLimit = weightLimit
    }

    /// Takes lines in, when there is room.
    ///
    /// - Parameter onKept: called when they are stored or in the spool.
    /// - Returns: false when the queue was closed, and nothing taken.
    @discardableResult
    func deliver(
        _ chunk: LineChunk, from source: String, onKept: (@Sendable () -> Void)? = nil
    ) -> Bool {
        guard !chunk.isEmpty || onKept != nil else { return true }
        if !hasRoom { waitForRoom() }
        return state.update { state in
            guard !state.isClosed else { return false }
            metrics.received.increment(by: Int64(chunk.lines.count))
            metrics.waiting.add(Int64(chunk.lines.count))
            var entry =
                state.open.removeValue(forKey: source)
                ?? OpenBatch(
                    batch: LineBatch(source: source, surroundings),
                    due: .after(milliseconds: delayMilliseconds))
            let before = entry.batch.weight
            entry.batch.append(chunk)
            if let onKept { entry.batch.onKept.append(onKept) }
            state.weight += entry.batch.weight - before
            state.open[source] = entry
            let isFull = entry.batch.lineCount + entry.batch.refusedCount >= lineLimit
            if isFull || entry.batch.weight >= weightLimit / 4 { state.seal(source) }
            return true
        }
    }

    private var hasRoom: Bool { state.read { $0.weight < weightLimit || $0.isClosed } }

    private func waitForRoom() {
        metrics.blocked.add(1)
        defer { metrics.blocked.add(-1) }
        _ = state.wait { state in state.weight < weightLimit || state.isClosed ? true : nil }
    }

    /// The oldest batch that is full, or has waited long enough, or has to go because the queue
    /// was closed; nil when there is none until the deadline.
    func next(until deadline: Deadline) -> LineBatch? {
        while true {
            let limit = min(deadline, state.read { Self.firstDue($0) } ?? deadline)
            let batch: LineBatch? = state.wait(until: limit) { state in
                Self.sealDue(&state)
                return state.takeFirst()
            }
            if let batch {
                state.update { $0.weight -= batch.weight }
                return batch
            }
            if deadline.isPast { return nil }
        }
    }

    /// Gives one back that could not be kept anywhere; it is then the next.
    func giveBack(_ batch: LineBatch) {
        state.update { state in
            state.sealed.insert(batch, at: 0)
            state.weight += batch.weight
        }
    }

    /// Nothing more is taken in; what is here can still be taken out.
    public func close() { state.update { $0.isClosed = true } }

    var isEmpty: Bool { state.read { $0.sealed.isEmpty && $0.open.isEmpty } }

    private static func firstDue(_ state: State) -> Deadline? {
        state.open.values.map(\.due).min()
    }

    private static func sealDue(_ state: inout State) {
        let due = state.open.filter { state.isClosed || $0.value.due.isPast }
        for source in due.keys { state.seal(source) }
    }
}
