import ByteCodecs
import Determinism
import Gateway
import HTTPTransport
import Observability
import Testing

/// A whole gateway over doubles, asked without a socket, in a world whose clock stands still.
struct GatewayBench {
    let doubles = Doubles()
    let world = SimulatedWorld(seed: 7, now: Samples.now)
    let metrics = MetricsRegistry()
    let gateway: GatewayResponder

    init(
        checks: [ReadinessCheck] = [], logger: Logger = .disabled,
        _ change: (inout GatewayConfiguration) -> Void = { _ in }
    ) {
        var configuration = GatewayConfiguration(
            publicURL: "https://api.example",
            allowedOrigins: ["https://api.example", "https://app.example"],
            chain: "sui:testnet", version: "1.2.3")
        change(&configuration)
        gateway = GatewayResponder(
            configuration: configuration, services: doubles.services, checks: checks,
            logger: logger, metrics: metrics, surroundings: world.surroundings)
    }

    func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [],
        body: String? = nil, from peer: String = "198.51.100.7"
    ) async -> Answer {
        let headers = body == nil ? headers : headers + [("Content-Type", "application/json")]
        return await sendRaw(method, target, headers, body: body ?? "", from: peer)
    }

    func sendRaw(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: String = "",
        from peer: String = "198.51.100.7"
    ) async -> Answer {
        let request = HTTPRequest(
            method: method, target: target, headers: HTTPHeaders(headers),
            body: Array(body.utf8), peerAddress: IPAddress(peer))
        switch gateway.respond(to: request) {
        case .now(let response): return Answer(response: response, isImmediate: true)
        case .later(let work): return Answer(response: await work(), isImmediate: false)
        }
    }
}

/// What came back, in the words of a test.
struct Answer {
    let response: HTTPResponse
    /// Whether it came on the transport's own thread.
    let isImmediate: Bool

    var status: Int { response.status }

    func header(_ name: String) -> String? {
        response.headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }

    var cookies: [String] { response.headers.filter { $0.0 == "Set-Cookie" }.map(\.1) }

    var text: String { String(decoding: response.body.bytes, as: UTF8.self) }

    func json() throws -> JSONObject {
        guard case .object(let object) = try JSONValue.parse(response.body.bytes) else {
            Issue.record("not an object: \(text)")
            return [:]
        }
        return object
    }

    /// The problem's code; nil where the answer is none.
    var code: String? {
        guard header("Content-Type") == "application/problem+json",
            case .string(let code)? = try? json()["code"]
        else { return nil }
        return code
    }
}
