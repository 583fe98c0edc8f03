/// Whose an API key is; that never changes.
struct KeyOwner: Hashable, Sendable {
    let customer: Int64
    /// The key's id, as two numbers, most significant first.
    let keyHigh: UInt64
    let keyLow: UInt64

    init?(customer: Int64, keyID: [UInt8]) {
        guard keyID.count == 16 else { return nil }
        func word(_ start: Int) -> UInt64 {
            keyID[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.customer = customer
        (keyHigh, keyLow) = (word(0), word(8))
    }

    var keyID: [UInt8] {
        [keyHigh, keyLow].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }
}
