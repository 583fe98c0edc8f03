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
        if detail.hasBytes { try Self.checkBytes(in: answer, of: digest) }
        let input = try answer.optionalObject("transaction")?.object("data")
        sender = try input?.optionalAddress("sender")
        payer = try input?.optionalObject("gasData")?.optionalAddress("owner")
        let bare = try answer.transaction(digest)
        let events =
            bare.succeeded ? try answer.events(of: bare, detail.module, detail.hasEvents) : []
        transaction = bare.with(suiCoins: [], events: events)
        (coins, gone) = detail.hasChanges ? try answer.suiCoins() : ([], [])
    }

    /// The bytes are a list of one signed transaction: intent, data, signatures. What the data says
    /// is not read: the system's are of other kinds, and anybody's may be of newer ones.
    private static func checkBytes(
        in answer: AnswerObject, of digest: TransactionDigest
    ) throws(NodeAnswerFault) {
        let bytes = try answer.bytes("rawTransaction")
        let signatures = try answer.object("transaction").signatures("txSignatures")
        guard bytes.count >= 4 + signatures.count, bytes.suffix(signatures.count) == signatures[...]
        else { throw .unusable("bytes without the signatures told beside them") }
        let data = Array(bytes[4...].dropLast(signatures.count))
        guard TransactionDigest(hashing: data) == digest else {
            throw .unusable("a digest that its bytes do not have")
        }
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

    /// Asked for with the changes.
    fileprivate var hasBytes: Bool { hasChanges }
}

extension AnswerObject {
    /// A list of Base64 texts as it stands in a transaction's bytes.
    fileprivate func signatures(_ name: String) throws(NodeAnswerFault) -> [UInt8] {
        var signatures: [[UInt8]] = []
        for element in try list(name) {
            guard case .string(let text) = element, let bytes = try? Base64.decode(text) else {
                throw .unusable("\(name) is no list of Base64")
            }
            signatures.append(bytes)
        }
        var writer = BCSWriter()
        writer.vector(signatures) { $0.byteVector($1) }
        return writer.bytes
    }
}
