/// What one intake was asked for on its command line.
struct IntakeOptions: Equatable, Sendable {
    var spool: String?
    /// A file that grows; where it was read to is kept in the spool's folder.
    var follow: String?
}
