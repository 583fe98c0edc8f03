import Synchronization

/// Sends requests over HTTP/1.1, or HTTP/2 where TLS offers it, on one thread for all of them.
///
/// No redirects, no cookies, no credentials from files, and no proxy: the environment cannot send
/// our requests elsewhere.
public final class HTTPClient: Sendable {
    private let queue = TransferQueue()
    private let nextNumber = Atomic<UInt64>(0)

    public init(configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
        TransferLoop.start(queue, configuration)
    }

    /// - Returns: the whole answer, whatever its status.
    public func send(
        _ request: HTTPClientRequest
    ) async throws(HTTPClientError) -> HTTPClientResponse {
        let number = nextNumber.wrappingAdd(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.submit(
                    Submission(number: number, request: request, continuation: continuation))
            }
        } onCancel: {
            queue.cancel(number)
        }
        queue.forget(number)
        return try result.get()
    }

    /// Ends every transfer with ``HTTPClientError/closed`` and lets the thread go.
    public func close() {
        queue.close()
    }

    deinit { queue.close() }
}
