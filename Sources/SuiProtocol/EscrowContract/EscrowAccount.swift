public import ByteCodecs

/// The contents of an `Account<T>` object: a customer's escrow.
public struct EscrowAccount: Hashable, Sendable {
    public let id: ObjectID
    public let owner: SuiAddress
    public let `operator`: ObjectID
    /// In the coin's smallest unit, as are all amounts.
    public let balance: UInt64
    /// For each period; 0 is no limit.
    public let spendingLimit: UInt64
    /// Milliseconds since 1970.
    public let periodStart: UInt64
    public let periodCharged: UInt64
    /// Operations of the operator that have an outcome.
    public let sequence: UInt64

    public init(
        id: ObjectID, owner: SuiAddress, operator: ObjectID, balance: UInt64,
        spendingLimit: UInt64, periodStart: UInt64, periodCharged: UInt64, sequence: UInt64
    ) {
        self.id = id
        self.owner = owner
        self.operator = `operator`
        self.balance = balance
        self.spendingLimit = spendingLimit
        self.periodStart = periodStart
        self.periodCharged = periodCharged
        self.sequence = sequence
    }
}

extension EscrowAccount: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        self.init(
            id: try reader.value(), owner: try reader.value(), operator: try reader.value(),
            balance: try reader.u64(), spendingLimit: try reader.u64(),
            periodStart: try reader.u64(), periodCharged: try reader.u64(),
            sequence: try reader.u64())
    }

    public func write(to writer: inout BCSWriter) {
        writer.value(id)
        writer.value(owner)
        writer.value(`operator`)
        for number in [balance, spendingLimit, periodStart, periodCharged, sequence] {
            writer.u64(number)
        }
    }
}
