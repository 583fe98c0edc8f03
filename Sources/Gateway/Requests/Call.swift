import Authentication
import ByteCodecs
import Cryptography
import HTTPTransport
import Idempotency

/// A request whose parameters and body have the shape that its route demands.
struct Call: Sendable {
    let context: RequestContext
    let credentials: Credentials
    let headers: HTTPHeaders
    /// Path, query and header values by name, typed as the route's parameters say.
    let parameters: JSONObject
    /// Empty where the route takes no body.
    let body: JSONObject
    /// Nil where there is none, or the route ignores it.
    let idempotencyKey: IdempotencyKey?

    /// Who calls, for the audit trail.
    var caller: CallerContext { CallerContext(context, headers) }

    /// A text of the body; nil when it is missing or null.
    func text(_ member: String) -> String? {
        guard case .string(let text)? = body[member] else { return nil }
        return text
    }

    func textParameter(_ name: String) -> String? {
        guard case .string(let text)? = parameters[name] else { return nil }
        return text
    }

    func integerParameter(_ name: String) -> Int64? {
        guard case .integer(let number)? = parameters[name] else { return nil }
        return number
    }
}

extension CallerContext {
    init(_ context: RequestContext, _ headers: HTTPHeaders) {
        // Ours in the trace: 8 bytes that the same request always has.
        let span = SHA256.hash(Array((context.trace.traceID + context.id).utf8)).prefix(8)
        self.init(
            ip: context.client?.description, network: context.network?.description,
            userAgent: headers.first("User-Agent"), requestID: context.id,
            traceParent: context.trace.field(span: Array(span)))
    }
}
