/// When a row counts as late, by the database's clock.
///
/// Rows get their id and `recorded_at` when they are inserted, and can be seen only once their
/// transaction has committed. A gateway's transaction has seconds for that, but its COMMIT may wait
/// much longer for a synchronous standby. So a row is sealed whenever it is found, and one that
/// came after everything of its time had long been sealed is marked as late in what is signed.
///
/// A mark and no finding, because nothing can tell such a row from one that was inserted later with
/// a false `recorded_at`. Who does that gains a row with a false date, and not its place: the
/// order of the seals shows after which rows it came, the mark that its date is to be doubted.
enum Lateness {
    /// Far above every deadline of a transaction.
    static let milliseconds: Int64 = 2 * 60 * 1000
    /// An id up to the highest that was sealed so long ago must be of a late row; more than
    /// ``milliseconds``, so that the two do not contradict each other at the edge.
    static let settledMilliseconds: Int64 = 3 * 60 * 1000
    /// A row older than this should be under a seal.
    static let unsealedMilliseconds: Int64 = 60 * 1000
}
