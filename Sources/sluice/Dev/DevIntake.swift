/// The intake of a development stack.
struct DevIntake: Equatable, Sendable {
    /// In the state directory.
    static let spoolFolder = "spool"

    /// Where lines come in.
    var port: UInt16
    /// Where it answers `/ready`.
    var statusPort: UInt16
    /// Where lines wait while the database is away.
    var spool: String
}
