import HTTPTransport
import Synchronization

/// Echoes; `/later` answers from a task that first passes the gate; `/closed` is not admitted.
final class TestResponder: HTTPResponder {
    let gate = Gate()
    let bodyLimit: Int
    private let seen = Mutex<[HTTPRequest]>([])
    private let refused = Mutex<[HTTPRequest]>([])

    init(bodyLimit: Int = 64 << 10) {
        self.bodyLimit = bodyLimit
    }

    /// What reached a route, in order.
    var requests: [HTTPRequest] { seen.withLock { $0 } }

    /// The heads of what was refused, in order.
    var refusedHeads: [HTTPRequest] { refused.withLock { $0 } }

    func admit(_ head: HTTPRequest) -> HTTPAdmission {
        head.path == "/closed"
            ? .refuse(HTTPResponse(status: 403, body: Array("closed".utf8)))
            : .accept(bodyLimit: bodyLimit)
    }

    func respond(to request: HTTPRequest) -> HTTPReply {
        seen.withLock { $0.append(request) }
        let gate = gate
        let answer = HTTPResponse(
            status: 200,
            headers: [("X-Method", request.method), ("X-Query", request.query ?? "-")],
            body: Array("\(request.path) \(request.body.count)".utf8))
        guard request.path == "/later" else { return .now(answer) }
        return .later {
            await gate.pass()
            return answer
        }
    }

    func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse {
        refused.withLock { $0.append(head) }
        return HTTPResponse(
            status: reason.status, headers: [("Content-Type", "application/problem+json")],
            body: Array(reason.name.utf8))
    }
}
