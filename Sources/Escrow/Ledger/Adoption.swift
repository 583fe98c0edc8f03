public import Identifiers

/// An operation written from the chain alone: the database that planned it has been lost.
public struct Adoption: Hashable, Sendable {
    public let record: ChargeRecord
    public let sequence: Int64
    public let event: ChainEvent
    /// Another operation for the same obligation that is signed or settled.
    public let duplicates: ChargeID?
    /// The operation that was asked for again, which knows what the chain does not tell: invoice,
    /// service, and what a refund gives back of.
    public let kin: ChargeID?

    public init(
        _ record: ChargeRecord, _ sequence: Int64, _ event: ChainEvent, duplicates: ChargeID?,
        kin: ChargeID?
    ) {
        self.record = record
        self.sequence = sequence
        self.event = event
        self.duplicates = duplicates
        self.kin = kin
    }
}
