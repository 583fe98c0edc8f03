import Synchronization

/// Which parts of a file are kept. Batches may be kept in another order than they were read in;
/// the position only moves over what is kept without a hole.
final class FollowMarks: Sendable {
    private struct State {
        var pending: [(number: Int, position: FollowPosition, isKept: Bool)] = []
        var next = 0
    }

    private let state = Mutex(State())
    private let save: @Sendable (FollowPosition) -> Void

    init(save: @escaping @Sendable (FollowPosition) -> Void) { self.save = save }

    /// - Returns: to be called once all up to `position` that was read since the last one is kept.
    func add(_ position: FollowPosition) -> @Sendable () -> Void {
        let number = state.withLock { state in
            state.next += 1
            state.pending.append((state.next, position, false))
            return state.next
        }
        return { [self] in keep(number) }
    }

    private func keep(_ number: Int) {
        state.withLock { state in
            guard let place = state.pending.firstIndex(where: { $0.number == number }) else {
                return
            }
            state.pending[place].isKept = true
            let kept = state.pending.prefix { $0.isKept }
            guard let last = kept.last else { return }
            state.pending.removeFirst(kept.count)
            save(last.position)
        }
    }
}
