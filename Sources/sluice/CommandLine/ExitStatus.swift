/// How a command ended, as the shell sees it.
enum ExitStatus: Int32, Sendable {
    case done = 0
    /// A finding or a failure: what was checked is wrong, or what was asked could not be done.
    case finding = 1
    /// The command line itself is wrong; nothing was done.
    case usage = 2
    /// Nothing is known to be wrong, but something outside is away (`EX_TEMPFAIL`, sysexits.h).
    case tryAgain = 75
}
