import Observability
import Synchronization

/// The newest head that this process, or another one with the same file, has seen sealed.
final class HeadMemory: Sendable {
    private struct State {
        var newest: RememberedHead?
        /// What the file is known to hold.
        var kept: RememberedHead?
    }

    private let file: AuditHeadFile?
    private let state = Mutex(State())

    init(file: AuditHeadFile?) { self.file = file }

    /// Looks into the file each time: another gateway of this host may have sealed meanwhile.
    func recall() throws(SealRefusal) -> RememberedHead? {
        let kept = try read()
        return try state.withLock { state throws(SealRefusal) in
            state.kept = kept
            guard let kept else { return state.newest }
            guard let newest = state.newest else { return kept }
            if kept.head.position == newest.head.position, kept.head != newest.head {
                throw .otherChain
            }
            return kept.head.position > newest.head.position ? kept : newest
        }
    }

    private func read() throws(SealRefusal) -> RememberedHead? {
        do {
            return try file?.read()
        } catch {
            throw .headFile(error)
        }
    }

    func remember(_ head: RememberedHead) {
        state.withLock { state in
            if let newest = state.newest, newest.head.position > head.head.position { return }
            state.newest = head
        }
    }

    /// Brings the file up to what is remembered.
    func save() async throws(AuditHeadFileError) {
        guard let file, let head = unsaved else { return }
        let outcome: Result<Bool, AuditHeadFileError> = await withCheckedContinuation { caller in
            BackgroundThread.start {  // A disk may take its time.
                caller.resume(
                    returning: Result { () throws(AuditHeadFileError) in
                        try file.advance(to: head)
                    })
            }
        }
        if try outcome.get() { state.withLock { $0.kept = head } }
    }

    private var unsaved: RememberedHead? {
        state.withLock { state in
            guard let newest = state.newest else { return nil }
            guard let kept = state.kept else { return newest }
            return newest.head.position > kept.head.position ? newest : nil
        }
    }
}
