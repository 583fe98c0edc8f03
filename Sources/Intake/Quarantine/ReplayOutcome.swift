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
}
