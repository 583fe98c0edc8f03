public import Determinism

/// What is wrong with the audit log.
public enum AuditFinding: Equatable, Sendable, CustomStringConvertible {
    /// The row says something else than when it was sealed.
    case edited(auditID: Int64)
    case removed(auditID: Int64)
    /// The row appeared where and when no row could appear any more.
    case inserted(auditID: Int64)
    /// Positions are missing, or a seal does not fit the rows before it.
    case chainBroken(position: Int64)
    /// A seal that none of the keys made.
    case badSignature(position: Int64)
    /// Written long ago and still not sealed: no sealer runs.
    case unsealed(auditID: Int64, at: Timestamp)
    /// The chain ends before the exported head, at this position.
    case cutOff(position: Int64)
    /// At the exported head's position the chain is another one.
    case otherHead(position: Int64)

    /// A stable name, for reports.
    public var kind: String {
        switch self {
        case .edited: "edited"
        case .removed: "removed"
        case .inserted: "inserted"
        case .chainBroken: "chain_broken"
        case .badSignature: "bad_signature"
        case .unsealed: "unsealed"
        case .cutOff: "cut_off"
        case .otherHead: "other_head"
        }
    }

    public var description: String {
        switch self {
        case .edited(let id): "row \(id) was edited after it was sealed"
        case .removed(let id): "row \(id) was removed after it was sealed"
        case .inserted(let id): "row \(id) was inserted afterwards"
        case .chainBroken(let position): "the chain of seals is broken at position \(position)"
        case .badSignature(let position): "the seal at position \(position) is not by our key"
        case .unsealed(let id, let at): "row \(id) of \(at.rfc3339) has not been sealed"
        case .cutOff(let position): "the seals end at position \(position), before the given head"
        case .otherHead(let position): "the seals up to position \(position) are not those given"
        }
    }
}
