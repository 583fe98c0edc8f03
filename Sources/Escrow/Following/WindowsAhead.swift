import SuiProtocol
import Synchronization

/// Windows up to the newest checkpoint that is known of, given in their order. Some are read ahead
/// of what is done with them; those of later looks begin while earlier ones are still read, so that
/// what a slow node says last is not waited for behind all that it said before.
///
/// Whoever makes one ends it with ``stop()``.
final class WindowsAhead<Look: Sendable>: Sendable {
    private typealias Reading = Task<Result<CheckpointWindow, FollowerError>, Never>

    private struct State {
        var next: Int64
        var size: WindowSize
        /// What looks have found and is not read yet, in rising order.
        var looks: [(last: Int64, look: Look)] = []
        var readings: [(reading: Reading, look: Look)] = []
        var isStopped = false
    }

    private let reader: WindowReader
    private let limit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - first: the first checkpoint that is read.
    ///   - limit: windows that are read or wait.
    init(_ reader: WindowReader, from first: Int64, size: WindowSize, limit: Int) {
        self.reader = reader
        self.limit = max(1, limit)
        state = Mutex(State(next: first, size: size))
    }

    /// Of the windows that are not begun yet.
    var size: WindowSize { state.withLock { $0.size } }

    /// Reads on to the last checkpoint that a look has found. Nothing where that is not news.
    func extend(to last: Int64, foundBy look: Look) {
        state.withLock { state in
            guard !state.isStopped, last >= state.next, last > state.looks.last?.last ?? -1
            else { return }
            // Far behind, only the first and the newest look matter.
            if state.looks.count > 1 { state.looks.removeLast() }
            state.looks.append((last, look))
            fill(&state)
        }
    }

    /// - Returns: the next window, and the look that found it; nil after the last one.
    func window() async throws(FollowerError) -> (window: CheckpointWindow, look: Look)? {
        let next = state.withLock { state -> (reading: Reading, look: Look)? in
            fill(&state)
            return state.readings.isEmpty ? nil : state.readings.removeFirst()
        }
        guard let next else { return nil }
        do throws(FollowerError) {
            let window = try await next.reading.value.get()
            state.withLock { $0.size.didRead(events: window.events.count) }
            return (window, next.look)
        } catch {
            switch error {
            case .node(.notIndexed): break  // It has nothing to do with how much was asked for.
            case .node: state.withLock { $0.size.didFail() }
            default: break
            }
            throw error
        }
    }

    /// Lets go of what is still being read.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.looks = []
            for (reading, _) in state.readings { reading.cancel() }
        }
    }

    private func fill(_ state: inout State) {
        while state.readings.count < limit, let (last, look) = state.looks.first {
            let range = state.next...min(last, state.next + state.size.checkpoints - 1)
            state.next = range.upperBound + 1
            if range.upperBound == last { state.looks.removeFirst() }
            state.readings.append((read(range), look))
        }
    }

    private func read(_ range: ClosedRange<Int64>) -> Reading {
        Reading { [reader] in
            do throws(FollowerError) {
                return .success(try await reader.read(range))
            } catch {
                return .failure(error)
            }
        }
    }
}

extension WindowsAhead<Void> {
    /// All of a range that is known from the start.
    convenience init(_ reader: WindowReader, _ range: ClosedRange<Int64>) {
        self.init(
            reader, from: range.lowerBound, size: WindowSize(atMost: 200, fullEvents: 1500),
            limit: 4)
        extend(to: range.upperBound, foundBy: ())
    }

    func next() async throws(FollowerError) -> CheckpointWindow? { try await window()?.window }
}
