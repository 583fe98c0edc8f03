import Storage

/// Where the seals end, as one statement saw it.
struct SealedEnd: SQLRow {
    /// Of the database's clock, before anything else is read.
    var now: DatabaseMoment
    var lastRowPosition: Int64?
    var lastSeal: AuditSeal?

    init(from columns: inout SQLColumns) throws(StorageError) {
        now = try columns.next()
        lastRowPosition = try columns.next()
        let position: Int64? = try columns.next()
        lastSeal = position == nil ? nil : try AuditSeal(from: &columns)
    }

    /// What is to be done about the next seal.
    enum Verdict: Equatable {
        /// Sound, and nothing that we do not know: build on it.
        case known
        /// Signed, and further than we know: to be compared first.
        case further(AuditSeal)
        case refused(SealRefusal)
    }

    /// - Parameters:
    ///   - remembered: what is known from outside the database; nil believes every signed seal.
    ///   - key: our public key.
    func verdict(remembering remembered: RememberedHead?, key: [UInt8]) -> Verdict {
        guard let seal = lastSeal else {
            if remembered != nil { return .refused(.cutOff) }
            return lastRowPosition == nil ? .known : .refused(.endsApart)
        }
        let keys = [key] + (remembered.map { [$0.publicKey] } ?? [])
        guard seal.isSigned(byOneOf: keys) else { return .refused(.badSignature) }
        guard let remembered else { return isWhole(seal) ? .further(seal) : .refused(.endsApart) }
        if seal.head.position < remembered.head.position { return .refused(.cutOff) }
        guard isWhole(seal) else { return .refused(.endsApart) }
        if seal.head.position > remembered.head.position { return .further(seal) }
        return seal.head == remembered.head ? .known : .refused(.otherChain)
    }

    private func isWhole(_ seal: AuditSeal) -> Bool {
        seal.head.position == lastRowPosition && seal.firstPosition >= 1
            && seal.firstPosition <= seal.head.position
    }
}
