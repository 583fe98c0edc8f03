import Cryptography
import Determinism

/// Rows in their new order, and the seal over them. Pure: rows in, signature out.
struct SealedBatch {
    struct Member {
        var row: LoggedRow
        var hash: [UInt8]
        var isLate: Bool
    }

    let rows: [Member]
    let seal: AuditSeal

    /// - Parameters:
    ///   - rows: at least one; what none of the seals up to `last` holds.
    ///   - emptiedAt: the database's clock before `rows` were read, when they are all there were;
    ///     nil when more wait.
    ///   - now: the database's clock.
    ///   - sealedAt: ours.
    init(
        _ rows: [LoggedRow], after last: AuditSeal?, emptiedAt: DatabaseMoment?,
        now: DatabaseMoment, sealedAt: Timestamp, key: Ed25519SigningKey
    ) {
        // A clock that was set back makes no row late.
        let settled = last?.settledAt.map { min($0, now) }
        self.rows = rows.map { row in
            Member(row: row, hash: row.hash, isLate: Self.isLate(row, settledAt: settled))
        }
        let start = last?.head ?? .start
        seal = AuditSeal(
            firstPosition: start.position &+ 1,
            head: self.rows.reduce(start) { $0.followed(byRowHash: $1.hash, isLate: $1.isLate) },
            highestAuditID: rows.reduce(last?.highestAuditID ?? 0) { max($0, $1.auditID) },
            sealedAt: sealedAt, settledAt: emptiedAt ?? last?.settledAt, key: key)
    }

    /// See ``Lateness``. A row without a moment is no better than one of long ago.
    private static func isLate(_ row: LoggedRow, settledAt: DatabaseMoment?) -> Bool {
        guard let settledAt else { return false }
        guard let recordedAt = row.recordedAt else { return true }
        return recordedAt.adding(milliseconds: Lateness.milliseconds) < settledAt
    }
}
