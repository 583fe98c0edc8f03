import Glibc
public import Observability
public import Storage

/// Carries an edge's reports to the database, where the call that revokes a key waits for them. Only
/// the newest counts; while the database is away, it is kept.
public final class VaultEdgeReports: Sendable {
    private static let retryMilliseconds = 500

    private let reports: AsyncStream<VaultEdgeReport>
    private let newest: AsyncStream<VaultEdgeReport>.Continuation

    public init() {
        (reports, newest) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Does not wait.
    public func tell(_ report: VaultEdgeReport) { newest.yield(report) }

    /// Until ``end()``, or the task is cancelled.
    public func carry(
        to database: Database, logger: Logger
    ) async {
        for await report in reports {
            do throws(StorageError) {
                try await database.storeEdge(report)
            } catch {
                logger.warning("the edge's report is not stored", ("reason", .text("\(error)")))
                try? await Task.sleep(for: .milliseconds(Self.retryMilliseconds))
                newest.yield(report)
            }
        }
    }

    public func end() { newest.finish() }
}
