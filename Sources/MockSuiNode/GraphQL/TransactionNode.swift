import ByteCodecs
import SuiProtocol

struct TransactionNode: GraphQLNode {
    let transaction: LedgerTransaction
    let view: LedgerView

    init(_ transaction: LedgerTransaction, _ view: LedgerView) {
        self.transaction = transaction
        self.view = view
    }

    var typeName: String { "Transaction" }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        switch field {
        case "digest": .value("\(transaction.digest)")
        case "sender": .node(.address(transaction.sender, view))
        case "transactionBcs":
            .value(.string(Base64.encode(transaction.bytes)))
        case "signatures":
            .list(
                transaction.signatures.map {
                    GraphQLRecord("UserSignature", ["signatureBytes": .value(.string($0))])
                })
        case "gasInput": .maybe(transaction.data.map { gas($0.gas) })
        case "effects": .node(EffectsNode(executed: transaction, view: view))
        default: .null
        }
    }

    private func gas(_ gas: GasData) -> GraphQLRecord {
        GraphQLRecord(
            "GasInput",
            [
                "gasSponsor": .node(.address(gas.owner, view)),
                "gasPrice": .value(gas.price.text), "gasBudget": .value(gas.budget.text),
            ])
    }
}
