import Determinism
import Identifiers

/// Which key is whose, as far as it was asked. Known keys are remembered, since a key never changes
/// hands; unknown ones are asked for again, since it may have been made a moment ago.
struct KeyDirectory {
    /// Beyond it all is forgotten, and asked for anew.
    private static let limit = 500_000
    /// How long an unknown key of requests that failed is not asked for again; that of a request
    /// that succeeded always is.
    private static let unknownMilliseconds: Int64 = 10_000
    /// Unknown keys of failed requests that are asked for at a time: who guesses keys makes work
    /// for nobody.
    private static let guessLimit = 256

    private var owners: [APIKeyHash: KeyOwner] = [:]
    private var unknown: [APIKeyHash: Timestamp] = [:]

    func owner(of key: APIKeyHash) -> KeyOwner? { owners[key] }

    /// The keys of a batch that have to be asked for.
    mutating func missing(in batch: LineBatch, at now: Timestamp) -> [APIKeyHash] {
        var needed: Set<APIKeyHash> = []
        var guessed: Set<APIKeyHash> = []
        batch.forEachLine(in: 0..<batch.lineCount) { _, line in
            guard let key = line.key, owners[key] == nil else { return }
            if line.isSuccessful {
                needed.insert(key)
            } else if guessed.count < Self.guessLimit, isDue(key, at: now) {
                guessed.insert(key)
            }
        }
        return Array(needed.union(guessed))
    }

    private func isDue(_ key: APIKeyHash, at now: Timestamp) -> Bool {
        guard let asked = unknown[key] else { return true }
        return abs(now.milliseconds - asked.milliseconds) > Self.unknownMilliseconds
    }

    /// Takes an answer in.
    mutating func learn(
        _ found: [(APIKeyHash, KeyOwner)], of asked: [APIKeyHash], at now: Timestamp
    ) {
        if owners.count + found.count > Self.limit { owners = [:] }
        if unknown.count + asked.count > Self.limit { unknown = [:] }
        for (key, owner) in found { owners[key] = owner }
        for key in asked { unknown[key] = owners[key] == nil ? now : nil }
    }
}
