public import Determinism
public import Identifiers

/// What a customer has in escrow, as far as the chain has been read.
public struct WalletBalance: Hashable, Sendable {
    public struct Account: Hashable, Sendable {
        public let id: AccountID
        public let balance: MicroUSDC
        /// Held for charges without outcome. Only our own promise: on chain it can be withdrawn.
        public let reserved: MicroUSDC
        /// Use so far, and invoices, for which nothing is reserved yet.
        public let owed: MicroUSDC
        /// For each period; zero is no limit.
        public let spendingLimit: MicroUSDC
        public let periodCharged: MicroUSDC
        public let periodStart: Timestamp
        public let periodEnd: Timestamp

        /// Never below zero.
        public var available: MicroUSDC {
            let left = Int128(balance.units) - Int128(reserved.units) - Int128(owed.units)
            return MicroUSDC(Int64(clamping: max(0, left)))
        }

        init(_ row: AccountRow, owed: MicroUSDC, at now: Timestamp) {
            self.owed = owed
            let period = row.mirror.period(at: now)
            id = row.mirror.id
            balance = row.mirror.balance
            reserved = row.held
            spendingLimit = row.mirror.spendingLimit
            periodCharged = period.charged
            periodEnd = period.endsAt
            periodStart = period.endsAt.adding(milliseconds: -AccountMirror.periodMilliseconds)
        }
    }

    /// Nil before one was opened.
    public let account: Account?
    /// The last one that was read, and when; nil before any was.
    public let checkpoint: Int64?
    public let syncedAt: Timestamp?

    public init(account: Account?, checkpoint: Int64?, syncedAt: Timestamp?) {
        self.account = account
        self.checkpoint = checkpoint
        self.syncedAt = syncedAt
    }
}
