/// A transaction as far as one answer tells it: long lists go on elsewhere.
public struct ToldTransaction: Sendable {
    public private(set) var transaction: NodeTransaction
    /// Nil for a transaction of the system.
    public let sender: SuiAddress?
    /// Who paid; nil where nobody did.
    public let payer: SuiAddress?
    /// Changed objects that were not told.
    public private(set) var moreChanges: MoreChanges
    /// Where the rest of the events begins; nil where there is none.
    public private(set) var moreEvents: String?

    public enum MoreChanges: Hashable, Sendable {
        case none
        case all
        case after(String)
    }

    init(
        _ transaction: NodeTransaction, sender: SuiAddress?, payer: SuiAddress?,
        moreChanges: MoreChanges = .none
    ) {
        self.transaction = transaction
        self.sender = sender
        self.payer = payer
        self.moreChanges = moreChanges
    }

    /// Sent or paid for by an address; whoever only got something is not meant.
    public func isOf(_ address: SuiAddress) -> Bool {
        sender == address || payer == address
    }

    public mutating func append(_ coins: [NodeCoinChange], more: String?) {
        transaction = transaction.with(
            suiCoins: transaction.suiCoins + coins, events: transaction.events)
        moreChanges = more.map { .after($0) } ?? .none
    }

    /// - Throws: ``NodeAnswerFault/unusable(_:)`` where they do not follow those before.
    public mutating func append(
        _ events: [ToldEvent], more: String?
    ) throws(NodeAnswerFault) {
        let all = transaction.events + events.map { $0.event(of: transaction) }
        for (place, event) in all.enumerated() where event.sequence != Int64(place) {
            throw .unusable("events of a transaction have a gap")
        }
        transaction = transaction.with(suiCoins: transaction.suiCoins, events: all)
        moreEvents = more
    }
}

/// An event without what its transaction says of it.
public struct ToldEvent: Hashable, Sendable {
    let sequence: Int64
    let type: StructTag
    let bcs: [UInt8]
    let lamportVersion: UInt64?

    func event(of transaction: NodeTransaction) -> NodeEvent {
        NodeEvent(
            transaction: transaction.digest, sequence: sequence,
            checkpoint: transaction.checkpoint, at: transaction.at, type: type, bcs: bcs,
            lamportVersion: lamportVersion)
    }
}

extension NodeTransaction {
    /// Coins in the order of their ids, so that every wire format gives the same value.
    func with(suiCoins: [NodeCoinChange], events: [NodeEvent]) -> NodeTransaction {
        NodeTransaction(
            digest: digest, status: status, epoch: epoch, checkpoint: checkpoint, at: at, gas: gas,
            suiCoins: suiCoins.sorted { $0.id.bytes.lexicographicallyPrecedes($1.id.bytes) },
            events: events)
    }
}
