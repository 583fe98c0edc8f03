import Authentication
import ByteCodecs
import Cryptography
import HTTPTransport
import Idempotency
import Identifiers

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

    func integer(_ member: String) -> Int64? {
        guard case .integer(let number)? = body[member] else { return nil }
        return number
    }

    /// Money in a member that this call needs.
    func amount(
        _ member: String, _ shape: AmountShape = .moving
    ) throws(Problem) -> MicroUSDC {
        guard let text = text(member) else {
            throw Problem(
                .bodyInvalid, "\(member) is missing.", members: ["member": .string(member)])
        }
        do throws(AmountError) {
            return try shape.read(text)
        } catch {
            throw Problem(
                .amountInvalid, "\(member) must be micro-USDC: \(error.expectation).",
                members: ["member": .string(member)])
        }
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
