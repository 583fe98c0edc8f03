import CMicroHTTPD
import Synchronization

/// An answer that a task owes to a resting connection.
///
/// The daemon keeps a suspended connection until it is resumed, however long its client has been
/// gone, so its address stays good until ``resolve(_:)`` has resumed it, which happens once.
final class PendingReply: Sendable {
    private enum State {
        case owed
        case given(HTTPResponse)
        case taken
    }

    /// What is to be answered, without its body.
    let head: HTTPRequest
    private let state = Mutex(State.owed)
    private let address: UInt

    init(connection: OpaquePointer, head: HTTPRequest) {
        self.head = head
        address = UInt(bitPattern: connection)
    }

    /// The first answer counts. Resuming happens inside the lock, so that whoever finds the
    /// answer given knows the connection to be resumed: the daemon aborts the process when it is
    /// stopped with a connection still suspended.
    func resolve(_ response: HTTPResponse) {
        state.withLock { state in
            guard case .owed = state else { return }
            state = .given(response)
            MHD_resume_connection(OpaquePointer(bitPattern: address))
        }
    }

    /// The answer, for the connection's thread; nil when there is none to send.
    func take() -> HTTPResponse? {
        state.withLock { state in
            guard case .given(let response) = state else { return nil }
            state = .taken
            return response
        }
    }
}

/// All answers owed, so that stopping can give the missing ones.
final class PendingReplies: Sendable {
    private struct State {
        var isEnded = false
        var replies: [ObjectIdentifier: PendingReply] = [:]
    }

    private let state = Mutex(State())

    /// - Returns: false when the server has stopped waiting for answers.
    func insert(_ reply: PendingReply) -> Bool {
        state.withLock { state in
            guard !state.isEnded else { return false }
            state.replies[ObjectIdentifier(reply)] = reply
            return true
        }
    }

    func remove(_ reply: PendingReply) {
        state.withLock { _ = $0.replies.removeValue(forKey: ObjectIdentifier(reply)) }
    }

    /// Answers every connection that still waits, and from now on accepts none.
    func endAll(_ response: (HTTPRequest) -> HTTPResponse) {
        let replies = state.withLock { state in
            state.isEnded = true
            return Array(state.replies.values)
        }
        for reply in replies { reply.resolve(response(reply.head)) }
    }
}
