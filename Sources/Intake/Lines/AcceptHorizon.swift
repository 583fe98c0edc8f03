public import Determinism

/// How old or early a line may be. Identities are remembered for as long as a line may come, so
/// that one which was counted and forgotten cannot come again.
public struct AcceptHorizon: Sendable, Equatable {
    public let pastMilliseconds: Int64
    public let aheadMilliseconds: Int64

    public init(pastMilliseconds: Int64, aheadMilliseconds: Int64) {
        self.pastMilliseconds = pastMilliseconds
        self.aheadMilliseconds = aheadMilliseconds
    }

    /// 35 days back, 5 minutes ahead.
    public static let standard = AcceptHorizon(
        pastMilliseconds: 35 * 86_400_000, aheadMilliseconds: 5 * 60_000)

    /// - Throws: ``LineRefusal/tooOld``, ``LineRefusal/inFuture`` or ``LineRefusal/farInFuture``; the
    ///   bounds themselves pass.
    public func admit(_ time: Timestamp, now: Timestamp) throws(LineRefusal) {
        // Sums of `now` alone cannot overflow; a difference to a hostile time could.
        guard time >= now.adding(milliseconds: -pastMilliseconds) else { throw .tooOld }
        guard time <= now.adding(milliseconds: pastMilliseconds) else { throw .farInFuture }
        guard time <= now.adding(milliseconds: aheadMilliseconds) else { throw .inFuture }
    }
}
