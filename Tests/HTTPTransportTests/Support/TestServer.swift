import HTTPTransport
import Observability

/// A server on a port of its own that is stopped when the test ends.
final class TestServer: Sendable {
    let server: HTTPServer
    let responder: TestResponder
    let metrics = MetricsRegistry()
    let port: UInt16

    init(
        bodyLimit: Int = 64 << 10, _ change: (inout HTTPServerConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = HTTPServerConfiguration()
        change(&configuration)
        responder = TestResponder(bodyLimit: bodyLimit)
        server = HTTPServer(
            configuration, responder: responder, logger: .disabled, metrics: metrics)
        try server.start()
        port = server.port
    }

    deinit {
        responder.gate.open()
        server.stop(drainMilliseconds: 0)
    }

    /// Whether the metrics page has this in it.
    func shows(_ line: String) -> Bool {
        metrics.text().contains(line)
    }

    func connect() throws -> RawConnection {
        try RawConnection(port: port)
    }
}
