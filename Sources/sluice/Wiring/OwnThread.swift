import Observability

/// For waits that block, which must not hold one of Swift's few threads.
enum OwnThread {
    static func run(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            BackgroundThread.start {
                body()
                continuation.resume()
            }
        }
    }

    /// Until somebody asks the process to end.
    static func stopAsked() async {
        await run {
            while !StopSignals.wait(milliseconds: 60_000) {}
        }
    }
}
