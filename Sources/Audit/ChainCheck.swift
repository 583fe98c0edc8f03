import Determinism

/// Follows the chain of seals from its start. Pure: rows and seals in, findings out.
struct ChainCheck {
    private let publicKeys: [[UInt8]]
    private var exported: [AuditHead]
    private var head = AuditHead.start
    private var lastSeal: AuditSeal?
    private var settled = SettledIDs()

    /// - Parameter exported: heads that were kept outside the database.
    init(publicKeys: [[UInt8]], exported: [AuditHead]) {
        self.publicKeys = publicKeys
        self.exported = exported
    }

    /// - Parameters:
    ///   - rows: following those given before, by position.
    ///   - seals: those at the positions of `rows`.
    mutating func check(
        _ rows: [SealedRow], _ seals: [AuditSeal], into report: inout AuditReport
    ) {
        var seals = seals[...]
        for row in rows {
            check(row, into: &report)
            compareExported(into: &report)
            while let seal = seals.first, seal.head.position <= row.position {
                seals.removeFirst()
                check(seal, into: &report)
            }
        }
    }

    private mutating func compareExported(into report: inout AuditReport) {
        guard !exported.isEmpty else { return }
        let reached = exported.filter { $0.position == head.position }
        if reached.contains(where: { $0 != head }) {
            report.add(.otherHead(position: head.position))
        }
        if !reached.isEmpty { exported.removeAll { $0.position == head.position } }
    }

    private mutating func check(_ row: SealedRow, into report: inout AuditReport) {
        if row.position != head.position &+ 1 {
            report.add(.chainBroken(position: head.position &+ 1))
            head.position = row.position &- 1  // Go on behind the hole.
        }
        head = head.followed(byRowHash: row.hash, isLate: row.isLate)
        report.sealedRows += 1
        guard let logged = row.row else { return report.add(.removed(auditID: row.auditID)) }
        if logged.hash != row.hash {
            report.add(.edited(auditID: row.auditID))
        } else {
            compareTimes(of: logged, isLate: row.isLate, into: &report)
        }
    }

    /// What the sealer found late is only told. What it did not, under an id that had been drawn
    /// long before, was not recorded when it says.
    private func compareTimes(
        of row: LoggedRow, isLate: Bool, into report: inout AuditReport
    ) {
        if isLate {
            report.add(.late(auditID: row.auditID, recordedAt: row.recordedAt?.timestamp))
        } else if row.auditID <= settled.highest {
            report.add(.inserted(auditID: row.auditID))
        }
        if row.isMisdated {
            report.add(
                .misdated(
                    auditID: row.auditID, at: row.at?.timestamp,
                    recordedAt: row.recordedAt?.timestamp))
        }
    }

    private mutating func check(_ seal: AuditSeal, into report: inout AuditReport) {
        let expectedFirst = (lastSeal?.head.position ?? 0) &+ 1
        let isSigned = seal.isSigned(byOneOf: publicKeys)
        if isSigned {
            settled.add(seal)
        } else {
            report.add(.badSignature(position: seal.head.position))
        }
        if seal.firstPosition != expectedFirst || seal.head != head {
            report.add(.chainBroken(position: seal.head.position))
            // A seal by our key is to be believed: go on from it, and report the hole once.
            if isSigned { head = seal.head }
        }
        lastSeal = seal
    }

    /// After the last row.
    ///
    /// - Returns: up to which id no row can appear any more, nor wait to be sealed.
    mutating func finish(_ extent: SealedExtent, into report: inout AuditReport) -> Int64 {
        let lastRow = extent.lastRow ?? 0
        let lastSeal = extent.lastSeal ?? 0
        if lastRow != lastSeal { report.add(.chainBroken(position: min(lastRow, lastSeal) &+ 1)) }
        report.head = head.position == 0 ? nil : head
        for _ in exported { report.add(.cutOff(position: head.position)) }
        settled.advance(to: extent.now)
        return settled.highest
    }
}

extension LoggedRow {
    fileprivate var isMisdated: Bool {
        guard let at, let recordedAt else { return true }
        return at.adding(milliseconds: Lateness.milliseconds) < recordedAt
            || recordedAt.adding(milliseconds: Lateness.milliseconds) < at
    }
}
