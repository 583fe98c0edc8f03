import ByteCodecs
import Determinism

/// A transaction as JSON-RPC tells it: what changed coins hold is not in it.
public struct JSONRPCTransaction: Sendable {
    /// Without coins.
    public let transaction: NodeTransaction
    /// Nil for a transaction of the system.
    public let sender: SuiAddress?
    public let payer: SuiAddress?
    /// Coins of SUI as it left them, where somebody owns them.
    public let coins: [OwnedReference]
    /// Those that are no longer.
    public let gone: [ObjectID]

    public struct OwnedReference: Hashable, Sendable {
        public let reference: ObjectReference
        public let owner: SuiAddress
    }

    /// Sent or paid for by an address.
    public func isOf(_ address: SuiAddress) -> Bool {
        sender == address || payer == address
    }

    /// - Parameter balances: of all ``coins``.
    public func whole(
        _ balances: [ObjectReference: UInt64]
    ) throws(NodeAnswerFault) -> NodeTransaction {
        var changes = gone.map { NodeCoinChange(id: $0, state: .gone) }
        for coin in coins {
            guard let balance = balances[coin.reference] else {
                throw .unusable("a changed coin that is not told")
            }
            changes.append(
                NodeCoinChange(
                    id: coin.reference.id,
                    state: .held(coin.reference, by: coin.owner, balance: balance)))
        }
        return transaction.with(suiCoins: changes, events: transaction.events)
    }

    init(
        _ answer: AnswerObject, _ digest: TransactionDigest, _ detail: TransactionsCall.Detail
    ) throws(NodeAnswerFault) {
        try Self.checkBytes(in: answer, of: digest)
        let input = try answer.optionalObject("transaction")?.object("data")
        sender = try input?.optionalAddress("sender")
        payer = try input?.optionalObject("gasData")?.optionalAddress("owner")
        let bare = try answer.transaction(digest)
        let events =
            bare.succeeded ? try answer.events(of: bare, detail.module, detail.hasEvents) : []
        transaction = bare.with(suiCoins: [], events: events)
        (coins, gone) = detail.hasChanges ? try answer.suiCoins() : ([], [])
    }

    /// The bytes are a list of one signed transaction: intent, data, signatures.
    private static func checkBytes(
        in answer: AnswerObject, of digest: TransactionDigest
    ) throws(NodeAnswerFault) {
        guard answer["rawTransaction"] != nil else { return }
        let bytes = try answer.bytes("rawTransaction")
        guard !bytes.isEmpty else { return }
        let told: TransactionDigest
        do throws(SuiDecodingError) {
            var reader = SuiReader(bytes)
            _ = try reader.bytes(count: 4)
            told = try TransactionData(from: &reader).digest
        } catch {
            // Transactions of the system and of newer kinds; nobody here has signed any.
            return
        }
        guard told == digest else { throw .unusable("a digest that its bytes do not have") }
    }
}

extension TransactionsCall.Detail {
    fileprivate var module: EventModule? {
        if case .events(let module) = self { module } else { nil }
    }

    fileprivate var hasEvents: Bool {
        if case .changes = self { false } else { true }
    }

    fileprivate var hasChanges: Bool {
        if case .events = self { false } else { true }
    }
}
