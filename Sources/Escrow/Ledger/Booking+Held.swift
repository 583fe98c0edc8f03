import Identifiers

extension Booking {
    /// By how much what is held on each account changes through the entries.
    var heldChanges: [AccountID: Int64] {
        var changes: [AccountID: Int64] = [:]
        for entry in entries {
            if entry.debit == .held(entry.account) {
                changes[entry.account, default: 0] -= entry.amount.units
            }
            if entry.credit == .held(entry.account) {
                changes[entry.account, default: 0] += entry.amount.units
            }
        }
        return changes
    }
}
