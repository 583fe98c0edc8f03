import Storage

/// What waits to be sealed, as far as one look goes.
struct UnsealedRows {
    /// A transaction that commits after ones with higher ids is rarely more rows behind.
    static let windowRows = 10_000

    var rows: [LoggedRow]
    /// There was no more than `rows` where we looked.
    var isAll: Bool
    /// Up to which id the next sweep goes; nil begins at the window again.
    var sweepNext: Int64?
}

extension Transaction {
    /// New rows; rows missed among the newest ones; and rows missed in another piece of all older
    /// ones, so that call by call every row is looked at, however late it came.
    ///
    /// - Parameters:
    ///   - highest: the highest id that was sealed.
    ///   - sweep: of the look before.
    ///   - limit: of each kind.
    func unsealedRows(
        highest: Int64, sweep: Int64?, limit: Int
    ) async throws(StorageError) -> UnsealedRows {
        let size = UnsealedRows.windowRows
        var late: [LoggedRow] = []
        var missed: [LoggedRow] = []
        var next: Int64?
        if let border = try await lowestID(of: size, upTo: highest) {
            late = try await unsealedRows(from: border, through: highest, limit: limit)
            let top = min(sweep ?? .max, border - 1)
            if let bottom = try await lowestID(of: size, upTo: top) {
                missed = try await unsealedRows(from: bottom, through: top, limit: limit)
                next = missed.count < limit ? bottom - 1 : top
            }
        }
        let fresh = try await rows(above: highest, limit: limit)
        return UnsealedRows(
            rows: missed + late + fresh,
            isAll: [missed, late, fresh].allSatisfy { $0.count < limit }, sweepNext: next)
    }
}
