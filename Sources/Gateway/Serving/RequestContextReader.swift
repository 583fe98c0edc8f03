import ByteCodecs
import Determinism
import HTTPTransport
import Identifiers

/// Reads of a request's head what every request may carry.
struct RequestContextReader: Sendable {
    let originRule: OriginRule
    let clientAddress: ClientAddress
    let surroundings: Surroundings

    func read(_ request: HTTPRequest) -> RequestContext {
        let headers = request.headers
        let client = clientAddress.resolve(peer: request.peerAddress) {
            headers.all("X-Forwarded-For")
        }
        let offeredID = headers.first("X-Request-Id").flatMap {
            RequestID.isAcceptable($0) ? $0 : nil
        }
        let offeredTrace = headers.first("traceparent").flatMap(TraceParent.init)
        let made = offeredID == nil || offeredTrace == nil ? UUIDv7(from: surroundings) : nil
        return RequestContext(
            id: offeredID ?? made?.description ?? "",
            trace: offeredTrace ?? TraceParent(traceID: made.map { Hex.encode($0.bytes) } ?? ""),
            client: client, origin: originRule.standing(of: headers.first("Origin")), started: .now)
    }
}
