import Escrow
import Storage

/// Hears which operations somebody wants asked for again, wherever that was said.
struct RetryRequests: Sendable {
    private static let pollMilliseconds = 1000

    let database: Database
    let engine: ChargeEngine

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            for id in (try? await database.chargesToRetry()) ?? [] {
                // What fails is asked for again in a second: it changes nothing but a wait.
                try? await engine.hasten(id)
                try? await database.forgetRetry(of: id)
            }
            try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
    }
}
