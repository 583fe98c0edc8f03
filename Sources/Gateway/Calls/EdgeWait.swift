public import Determinism
import Services

/// Whether an edge's HAProxy treats a customer as the database says since a certain change.
public struct EdgeStanding: Hashable, Sendable {
    public let edge: String
    public let hasApplied: Bool
    /// The last version of the vault that it reported, and when; nil before it ever did.
    public let version: Int64?
    public let reportedAt: Timestamp?

    public init(edge: String, hasApplied: Bool, version: Int64?, reportedAt: Timestamp?) {
        self.edge = edge
        self.hasApplied = hasApplied
        self.version = version
        self.reportedAt = reportedAt
    }
}

/// Waits for the edges: how long they take is theirs, and the customer's wish ends it.
struct EdgeWait: Sendable {
    private static let pauseMilliseconds: UInt64 = 100

    let edges: any EdgeService

    /// - Returns: all edges, once each has it or the time is over.
    func standings(
        having mark: TransactionMark, withinSeconds seconds: Int64
    ) async throws(Problem) -> [EdgeStanding] {
        let end = Deadline.after(milliseconds: seconds * 1000)
        while true {
            let standings: [EdgeStanding]
            do { standings = try await edges.standings(having: mark) } catch {
                throw .storageUnavailable
            }
            if end.isPast || standings.allSatisfy(\.hasApplied) { return standings }
            do { try await Task.sleep(nanoseconds: Self.pauseMilliseconds * 1_000_000) } catch {
                return standings
            }
        }
    }
}
