import Authentication
import HTTPTransport

/// The headers with which a service signs a call.
enum ServiceHeaders {
    static let timestamp = "X-Timestamp"
    static let nonce = "X-Nonce"
    static let signature = "X-HMAC-Signature"

    /// The call as it was sent. A header that is there twice counts as missing: which one was
    /// signed is not guessed.
    static func call(_ request: HTTPRequest) -> ServiceCall {
        let only = { (name: String) -> String? in
            let values = request.headers.all(name)
            return values.count == 1 ? values[0] : nil
        }
        return ServiceCall(
            keyID: only("Authorization").flatMap(Credentials.bearerToken),
            method: request.method, target: request.target, host: only("Host") ?? "",
            timestamp: only(timestamp), nonce: only(nonce),
            idempotencyKey: only(IdempotencyHeader.name), body: request.body,
            signature: only(signature))
    }
}
