public import ByteCodecs

/// What came of trying again what was put aside.
public struct ReplayOutcome: Hashable, Sendable {
    /// Messages that were looked at.
    public internal(set) var tried = 0
    /// Lines stored now.
    public internal(set) var stored = 0
    /// Lines that had come by another way meanwhile.
    public internal(set) var duplicates = 0
    /// Put aside anew, because the database would not take them.
    public internal(set) var putAsideAgain = 0
    /// What is still no line that counts, by the reason of today.
    public internal(set) var refused: [String: Int] = [:]

    public var isComplete: Bool { refused.isEmpty && putAsideAgain == 0 }

    /// Messages that wait as they did.
    public var staying: Int { refused.values.reduce(0, +) }

    /// Its figures by their names.
    public var details: JSONValue {
        let refused = refused.sorted { $0.key < $1.key }.map { code, count in
            (code, JSONValue.integer(Int64(count)))
        }
        return [
            "tried": .integer(Int64(tried)), "stored": .integer(Int64(stored)),
            "duplicates": .integer(Int64(duplicates)),
            "putAsideAgain": .integer(Int64(putAsideAgain)),
            "refused": .object(JSONObject(refused)),
        ]
    }
}
