import Determinism

/// When keys were used to last, written at most once a minute for each.
struct KeyUse {
    private static let pauseMilliseconds: Int64 = 60_000
    private static let limit = 500_000

    private var written: [KeyOwner: Timestamp] = [:]

    /// What is due to be written of these uses.
    func due(_ uses: [KeyOwner: Timestamp]) -> [(owner: KeyOwner, at: Timestamp)] {
        uses.filter { owner, at in
            guard let last = written[owner] else { return true }
            return at.milliseconds - last.milliseconds >= Self.pauseMilliseconds
        }.map { (owner: $0.key, at: $0.value) }
    }

    mutating func note(_ keys: [(owner: KeyOwner, at: Timestamp)]) {
        if written.count + keys.count > Self.limit { written = [:] }
        for key in keys { written[key.owner] = key.at }
    }
}
