import Determinism

/// A batch of which every line's owner is known, and which lines are not to be stored.
struct ResolvedBatch {
    /// How a line is stored.
    enum Fate {
        case stored(KeyOwner?)
        /// Of a flood, not all is kept.
        case quarantined(QuarantineReason, isKept: Bool)
    }

    let batch: LineBatch
    /// For each line.
    private(set) var fates: [Fate]

    private let keeps: (QuarantineReason) -> Bool

    /// - Parameters:
    ///   - directory: has been asked for all keys that are missing.
    ///   - keeps: whether one more of that kind is kept; asked once for each.
    init(
        _ batch: LineBatch, _ directory: KeyDirectory,
        keeps: @escaping (QuarantineReason) -> Bool
    ) {
        self.batch = batch
        self.keeps = keeps
        var fates: [Fate] = []
        fates.reserveCapacity(batch.lineCount)
        batch.forEachLine(in: 0..<batch.lineCount) { _, line in
            let owner = line.key.flatMap { directory.owner(of: $0) }
            let isNobodys = line.key != nil && owner == nil && line.isSuccessful
            fates.append(
                isNobodys
                    ? .quarantined(.apiKeyUnknown, isKept: keeps(.apiKeyUnknown)) : .stored(owner))
        }
        self.fates = fates
    }

    mutating func quarantine(_ place: Int, _ reason: QuarantineReason) {
        fates[place] = .quarantined(reason, isKept: keeps(reason))
    }

    /// Puts aside those lines of a range that would be stored and are of a kind.
    mutating func quarantineStored(
        in range: Range<Int>, _ reason: QuarantineReason, where isMeant: (RequestLine) -> Bool
    ) {
        var places: [Int] = []
        batch.forEachLine(in: range) { place, line in
            if case .stored = fates[place], isMeant(line) { places.append(place) }
        }
        for place in places { quarantine(place, reason) }
    }

    /// Visits the lines of a range that are to be stored.
    func forEachStored(in range: Range<Int>, _ body: (RequestLine, KeyOwner?) -> Void) {
        batch.forEachLine(in: range) { place, line in
            if case .stored(let owner) = fates[place] { body(line, owner) }
        }
    }

    /// What is put aside: lines of a range that are not stored, as far as they are kept, and what
    /// was refused before.
    func putAside(
        in range: Range<Int>, withRefused: Bool
    ) -> [(id: [UInt8], message: RefusedMessage)] {
        var messages = range.compactMap { place -> (id: [UInt8], message: RefusedMessage)? in
            guard case .quarantined(let reason, isKept: true) = fates[place] else { return nil }
            let raw = batch.rawLine(place)
            return (
                batch.quarantineID(place), RefusedMessage(source: batch.source, reason, raw: raw)
            )
        }
        guard withRefused else { return messages }
        for (index, message) in batch.chunks.lazy.flatMap(\.refused).enumerated() {
            messages.append((batch.quarantineID(batch.lineCount + index), message))
        }
        return messages
    }

    /// When each key was used to last.
    var uses: [KeyOwner: Timestamp] {
        var uses: [KeyOwner: Timestamp] = [:]
        forEachStored(in: 0..<batch.lineCount) { line, owner in
            guard let owner, uses[owner].map({ $0 < line.time }) ?? true else { return }
            uses[owner] = line.time
        }
        return uses
    }
}
