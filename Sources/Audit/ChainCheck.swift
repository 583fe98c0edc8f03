import Determinism

/// Follows the chain of seals from its start. Pure: rows and seals in, findings out.
struct ChainCheck {
    private let publicKeys: [[UInt8]]
    private let exported: AuditHead?
    private var head = AuditHead.start
    private var lastSeal: AuditSeal?
    private var hasMissedHead = true

    init(publicKeys: [[UInt8]], exported: AuditHead?) {
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
            if let exported, exported.position == head.position {
                hasMissedHead = false
                if exported != head { report.add(.otherHead(position: head.position)) }
            }
            while let seal = seals.first, seal.head.position <= row.position {
                seals.removeFirst()
                check(seal, into: &report)
            }
        }
    }

    private mutating func check(_ row: SealedRow, into report: inout AuditReport) {
        if row.position != head.position + 1 {
            report.add(.chainBroken(position: head.position + 1))
            head.position = row.position - 1  // Go on behind the hole.
        }
        head = head.followed(byRowHash: row.hash)
        report.sealedRows += 1
        guard let logged = row.row else { return report.add(.removed(auditID: row.auditID)) }
        if logged.hash != row.hash {
            report.add(.edited(auditID: row.auditID))
        } else if let sealedAt = lastSeal?.sealedAt,
            logged.at.adding(milliseconds: Lateness.milliseconds) < sealedAt
        {
            // It claims a time at which everything had long been sealed.
            report.add(.inserted(auditID: row.auditID))
        }
    }

    private mutating func check(_ seal: AuditSeal, into report: inout AuditReport) {
        let expectedFirst = (lastSeal?.head.position ?? 0) + 1
        let isSigned = seal.isSigned(byOneOf: publicKeys)
        if !isSigned { report.add(.badSignature(position: seal.head.position)) }
        if seal.firstPosition != expectedFirst || seal.head != head {
            report.add(.chainBroken(position: seal.head.position))
            // A seal by our key is to be believed: go on from it, and report the hole once.
            if isSigned { head = seal.head }
        }
        lastSeal = seal
    }

    /// After the last row.
    mutating func finish(_ extent: SealedExtent?, into report: inout AuditReport) {
        let lastRow = extent?.lastRow ?? 0
        if lastRow != extent?.lastSeal ?? 0 {
            report.add(.chainBroken(position: min(lastRow, extent?.lastSeal ?? 0) + 1))
        }
        report.head = head.position == 0 ? nil : head
        if exported != nil, hasMissedHead { report.add(.cutOff(position: head.position)) }
    }
}
