import HTTPTransport
import Idempotency

extension KeptAnswer {
    /// What a handler answers, before the gateway adds what belongs to one request: its id, its
    /// limits, its origin. Cookies are secrets of one browser and are never kept.
    init(_ response: HTTPResponse) {
        self.init(
            status: response.status,
            fields: response.headers.filter { $0.0.lowercased() != "set-cookie" }
                .map { Field(name: $0.0, value: $0.1) },
            body: response.body.bytes)
    }
}

extension HTTPResponse {
    init(_ kept: KeptAnswer) {
        self.init(
            status: kept.status, headers: HTTPFields(kept.fields.map { ($0.name, $0.value) }),
            body: kept.body)
    }
}

extension Call {
    /// The request under its key, for a service to do once; nil where it has none.
    ///
    /// - Parameter answer: makes the answer of what was done; the same for one that is sent now
    ///   and for one that is kept.
    func keyed<Value>(
        _ answer: @escaping @Sendable (Value) -> HTTPResponse
    ) -> KeyedRequest<Value>? {
        idempotencyKey.map { key in KeyedRequest(key: key) { KeptAnswer(answer($0)) } }
    }
}
