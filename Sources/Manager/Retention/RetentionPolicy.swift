/// How long what is stored is kept, once nothing rests on it any more: `Config/retention.json`.
public struct RetentionPolicy: Hashable, Sendable {
    /// Of a challenge after it expired, so that who comes late hears why.
    public var challengeMinutes: Int64 = 10
    /// Of a session after it ended.
    public var endedSessionDays: Int64 = 1
    /// Of an answer that comes again for the same `Idempotency-Key`.
    public var answerDays: Int64 = 30
    /// Of HAProxy's lines, by the day and whole; their batches go with them.
    public var logDays: Int64 = 90
    /// How many days' partitions are made before their time.
    public var logDaysAhead: Int64 = 7
    /// Of what could not be taken as a line.
    public var quarantineDays: Int64 = 90
    /// Of windows of line numbers, and of the gaps in them.
    public var lossWindowDays: Int64 = 90
    /// Of the ids of events that came over HTTP.
    public var ingestedEventDays: Int64 = 40
    public var workerRunDays: Int64 = 30
    /// Of what reconciliation found and finds no more.
    public var pastBreakDays: Int64 = 365

    public init() {}

    /// What `Config/retention.json` says, in force where no other file is named.
    public static let standard = RetentionPolicy()

    /// Days that lines and ids are kept at least: one as old as 35 days is still taken, and would
    /// count a second time once the first is forgotten.
    static let leastAcceptedDays: Int64 = 37

    private static let year: Int64 = 3653  // Ten of them.

    /// Each member with its name in the file and its bounds.
    static let members: [(name: String, bounds: ClosedRange<Int64>, path: WritablePath)] = [
        ("challengeMinutes", 1...1440, \.challengeMinutes),
        ("endedSessionDays", 1...year, \.endedSessionDays),
        ("answerDays", 1...year, \.answerDays),
        ("logDays", leastAcceptedDays...year, \.logDays),
        ("logDaysAhead", 2...60, \.logDaysAhead),
        ("quarantineDays", 1...year, \.quarantineDays),
        ("lossWindowDays", leastAcceptedDays...year, \.lossWindowDays),
        ("ingestedEventDays", leastAcceptedDays...year, \.ingestedEventDays),
        ("workerRunDays", 1...year, \.workerRunDays),
        ("pastBreakDays", 1...year, \.pastBreakDays),
    ]

    typealias WritablePath = WritableKeyPath<RetentionPolicy, Int64> & Sendable
}
