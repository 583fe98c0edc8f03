import SuiProtocol

/// An object inside a transaction that is being run.
struct WorkingObject {
    var object: LedgerObject
    /// As it came in; nil where the transaction made it.
    let before: LedgerObject?
    let isMutable: Bool
    var isDeleted = false

    init(_ object: LedgerObject, before: LedgerObject?, isMutable: Bool = true) {
        self.object = object
        self.before = before
        self.isMutable = isMutable
    }

    var isShared: Bool {
        if case .shared = object.owner { true } else { false }
    }
}
