/// The workers of one HAProxy, each asked over a session of its own: the one that serves, and those
/// that a reload has left to finish what they have.
struct WatchedWorkers {
    /// Totals of workers that are gone are remembered for so many of them.
    private static let rememberedCount = 32

    private let path: String
    /// Whether a worker is watched that takes new connections.
    private(set) var isServing = false
    /// Workers that answered when they were asked last.
    var count: Int { sessions.count }
    private var sessions: [(session: RuntimeSession, start: HAProxyStart)] = []
    /// What each worker had counted when it was asked last, the oldest first.
    private var totals: [HAProxyTotals] = []

    init(path: String) { self.path = path }

    /// Asks all of them. A worker that has nothing left to do is let go, with what it said last.
    mutating func look() {
        isServing = false
        var kept: [(session: RuntimeSession, start: HAProxyStart)] = []
        for watched in sessions {
            guard let told = HAProxyTotals(watched.session) else { continue }
            note(told)
            if !told.isStopping { isServing = true }
            if !told.isStopping || told.connections > 0 { kept.append(watched) }
        }
        sessions = kept
        guard !isServing, let session = RuntimeSession(path: path),
            let told = HAProxyTotals(session)
        else { return }
        note(told)
        guard !told.isStopping else { return }
        sessions.append((session, told.start))
        isServing = true
    }

    /// Whether a worker answered when it was asked last, and may write lines.
    func isWatched(_ start: HAProxyStart) -> Bool { sessions.contains { $0.start == start } }

    func total(of source: LineSource) -> Int64? {
        totals.last { $0.start == source.start }?.requests[source.frontend]
    }

    private mutating func note(_ told: HAProxyTotals) {
        totals.removeAll { $0.start == told.start }
        totals.append(told)
        if totals.count > Self.rememberedCount { totals.removeFirst() }
    }
}
