import ByteCodecs
import Cryptography
import HTTPTransport
import Idempotency

/// `Idempotency-Key`: a client's name for a request that it may have to send again.
enum IdempotencyHeader {
    static let name = "Idempotency-Key"
    static let shape = TextShape(alphabet: .visible, length: 1...255)

    /// What a route makes of the field.
    enum Rule: Sendable {
        /// Nothing, in whatever shape it comes.
        case ignored
        case optional
        case required
    }

    /// - Parameter caller: whose the key is; nil where nobody is known, who then has no keys.
    static func read(
        _ rule: Rule, from request: HTTPRequest, caller: String?
    ) throws(Problem) -> IdempotencyKey? {
        guard rule != .ignored else { return nil }
        guard let key = request.headers.first(name) else {
            guard rule == .optional else {
                throw Problem(.idempotencyKeyMissing, "This call needs an \(name).")
            }
            return nil
        }
        guard shape.accepts(key) else {
            throw Problem(
                .idempotencyKeyInvalid, "\(name) must have 1 to 255 visible ASCII characters.",
                members: ["parameter": .string(name)])
        }
        guard let caller else {
            throw Problem(.internalError, "The route does not say which credential it needs.")
        }
        return IdempotencyKey(
            caller: caller, route: "\(request.method) \(request.path)", key: key,
            bodyHash: SHA256.hash(request.body))
    }
}

extension RouteParameter {
    static func idempotencyKey(isRequired: Bool) -> RouteParameter {
        RouteParameter(
            .header, IdempotencyHeader.name, .text(IdempotencyHeader.shape),
            "A name of your own for this request. Sent again with it and the same body, nothing is "
                + "done again and the first answer comes again: whole for 30 days, later what is "
                + "known of what was made. Only success binds a key.",
            isRequired: isRequired)
    }
}
