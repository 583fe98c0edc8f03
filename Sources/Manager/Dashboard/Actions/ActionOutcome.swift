/// What became of an action.
enum ActionOutcome: Equatable, Sendable {
    case done(String)
    /// A second operator has to approve it.
    case waits(String)
    /// Nothing was done. The code is stable.
    case refused(code: String, String)
    /// The database is away: it may have been done or not, and can be asked for again.
    case unavailable

    static func missing(_ name: String) -> ActionOutcome {
        .refused(code: "field_missing", "\(name) is missing")
    }

    static let reasonInvalid = invalid(
        "reason", "1 to \(FormFields.reasonLimit) characters on one line")

    static func invalid(_ name: String, _ expected: String) -> ActionOutcome {
        .refused(code: "field_invalid", "\(name) must be \(expected)")
    }
}
