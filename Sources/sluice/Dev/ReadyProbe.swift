import HTTPTransport

/// Asks a gateway on this machine whether it is ready.
final class ReadyProbe: Sendable {
    private let client: HTTPClient
    private let request: HTTPClientRequest

    init(port: UInt16) {
        client = HTTPClient()
        request = HTTPClientRequest(
            url: "http://127.0.0.1:\(port)/ready", timeoutMilliseconds: 3000)
    }

    deinit { client.close() }

    /// Blocks until the answer or the time limit.
    func isReady() -> Bool {
        DevThread.wait { [client, request] in
            let answer = try? await client.send(request)
            return answer?.status == 200
        }
    }
}
