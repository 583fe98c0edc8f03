import CMicroHTTPD
import Glibc
import Synchronization

/// One request, from its target to the last byte of its answer. Lives on the thread of its
/// connection; only a ``PendingReply`` leaves it.
final class Exchange {
    /// What the daemon hands over each time it calls.
    struct Call {
        var connection: OpaquePointer
        var method: UnsafePointer<CChar>
        var version: UnsafePointer<CChar>
        var upload: UnsafeRawBufferPointer
    }

    private enum Stage {
        case head
        case body(limit: Int)
        /// Too much came; the rest is thrown away until an answer can be sent.
        case overflow(received: Int, limit: Int)
        /// Refused, but without a body to skip, so the connection can be kept.
        case refused(HTTPResponse)
        /// The answer takes time, and the connection is about to rest.
        case tiring(@Sendable () async -> HTTPResponse)
        case resting(PendingReply)
        case answered
        /// Answered past the daemon, which now only has to let go of the connection.
        case turnedAway
    }

    /// Bytes thrown away past a body's limit before the connection is cut without an answer.
    private static let overflowLimit = 1 << 20
    /// No more is set aside on a client's word alone.
    private static let bodyReserve = 64 << 10

    private let core: ServerCore
    private let record: ConnectionRecord
    private let target: String
    private let targetAddress: UInt
    private let targetCount: Int
    private var request = HTTPRequest(method: "", target: "")
    private var stage = Stage.head

    init(core: ServerCore, record: ConnectionRecord, target: UnsafePointer<CChar>?) {
        self.core = core
        self.record = record
        self.target = target.map { String(cString: $0) } ?? ""
        targetAddress = UInt(bitPattern: target)
        targetCount = target.map { strlen($0) } ?? 0
    }

    /// The daemon notes every parameter of the query in the connection's memory before it asks
    /// anybody, and leaves the client waiting when that runs out. So what could come to this is
    /// answered here, while nothing else is being sent.
    func targetWasRead(on descriptor: Int32) {
        guard core.configuration.requestGuard.isTooMuchToParse(target) else { return }
        stage = .turnedAway
        let head = HTTPRequest(method: "", target: target, peerAddress: record.peerAddress)
        PlainAnswer.send(core.refusal(.targetTooLong, of: head), to: descriptor)
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// The daemon calls once with the head, then with each piece of the body, then once more
    /// without one, and again after a rest.
    func proceed(_ call: Call) -> MHD_Result {
        switch stage {
        case .head:
            return begin(call)
        case .body(let limit):
            return call.upload.isEmpty ? dispatch(call) : receive(call.upload, limit: limit)
        case .overflow(let received, let limit):
            guard call.upload.isEmpty else {
                return skip(received + call.upload.count, limit: limit)
            }
            return answer(refusal(.bodyTooLarge(limit: limit)), call, closing: true)
        case .refused(let response):
            return answer(response, call)
        case .tiring(let work):
            rest(call.connection, until: work)
            return .YES
        case .resting(let reply):
            guard let response = reply.take() else { return .YES }
            core.pending.remove(reply)
            return answer(response, call)
        case .answered:
            return .YES
        case .turnedAway:
            return .NO
        }
    }

    /// The answer is sent, or the connection is gone.
    func end() {
        switch stage {
        case .head, .turnedAway: return
        case .body, .overflow, .refused, .tiring, .resting, .answered:
            core.inFlight.wrappingSubtract(1, ordering: .releasing)
            record.enter(.idle)
        }
    }

    private func refusal(_ reason: TransportRefusal) -> HTTPResponse {
        core.refusal(reason, of: request)
    }

    // An answer given here, at the first call, makes the daemon close the connection after it:
    // right where a body would follow that nobody wants, and five times slower where none does.
    private func begin(_ call: Call) -> MHD_Result {
        core.inFlight.wrappingAdd(1, ordering: .relaxed)
        core.begun.wrappingAdd(1, ordering: .relaxed)
        stage = .answered
        let framing: RequestGuard.Framing
        do {
            framing = try readHead(call)
        } catch {
            return answer(refusal(error), call)
        }
        switch core.responder.admit(request) {
        case .refuse(let response):
            guard framing == .none else { return answer(response, call) }
            stage = .refused(response)
        case .accept(let limit):
            if case .length(let length) = framing {
                guard length <= limit else {
                    return answer(refusal(.bodyTooLarge(limit: limit)), call)
                }
                request.body.reserveCapacity(min(length, Self.bodyReserve))
            }
            stage = .body(limit: limit)
        }
        record.enter(framing == .none ? .answering : .body)
        return .YES
    }

    private func readHead(_ call: Call) throws(TransportRefusal) -> RequestGuard.Framing {
        let method = String(cString: call.method)
        let version = String(cString: call.version)
        var layout = HeadLayout(
            address: UInt(bitPattern: call.method), size: sluice_mhd_head_size(call.connection))
        layout.cover(UInt(bitPattern: call.method), count: strlen(call.method), separator: 1)
        layout.cover(targetAddress, count: targetCount, separator: 1)
        layout.cover(UInt(bitPattern: call.version), count: strlen(call.version), separator: 2)
        let head = HeadCollector.collect(call.connection, layout: layout)
        request = HTTPRequest(
            method: method, target: target, headers: head.headers,
            peerAddress: record.peerAddress)
        guard head.layout.isCovered() else { throw .headMalformed }
        return try core.configuration.requestGuard.inspect(request, version: version)
    }

    private func receive(_ upload: UnsafeRawBufferPointer, limit: Int) -> MHD_Result {
        guard request.body.count + upload.count <= limit else {
            let received = request.body.count + upload.count
            request.body = []
            return skip(received, limit: limit)
        }
        request.body.append(contentsOf: upload)
        return .YES
    }

    private func skip(_ received: Int, limit: Int) -> MHD_Result {
        stage = .overflow(received: received, limit: limit)
        guard received - limit > Self.overflowLimit else { return .YES }
        core.metrics.refused(.bodyTooLarge(limit: limit))
        return .NO
    }

    private func dispatch(_ call: Call) -> MHD_Result {
        record.enter(.answering)
        switch core.responder.respond(to: request) {
        case .now(let response):
            return answer(response, call)
        case .later(let work):
            // Suspended in a call that followed reading, the daemon would first read again when
            // resumed, and drop the answer where the client has finished sending. Without an
            // answer it calls once more, with nothing to read in mind.
            request.body = []
            stage = .tiring(work)
            return .YES
        }
    }

    private func rest(
        _ connection: OpaquePointer, until work: @escaping @Sendable () async -> HTTPResponse
    ) {
        let reply = PendingReply(connection: connection, head: request)
        stage = .resting(reply)
        MHD_suspend_connection(connection)
        guard core.pending.insert(reply) else {
            return reply.resolve(refusal(.shuttingDown))
        }
        Task { reply.resolve(await work()) }
    }

    private func answer(
        _ response: HTTPResponse, _ call: Call, closing: Bool = false
    ) -> MHD_Result {
        stage = .answered
        record.enter(.sending)
        let isDraining = core.isDraining.load(ordering: .relaxed)
        return DaemonAnswer.queue(
            response, on: call.connection, closing: closing || isDraining, logger: core.logger)
    }
}
