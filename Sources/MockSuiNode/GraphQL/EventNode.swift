import ByteCodecs
import SuiProtocol

struct EventNode: GraphQLNode {
    private let event: LedgerEvent
    private let view: LedgerView

    init(_ event: LedgerEvent, _ view: LedgerView) {
        self.event = event
        self.view = view
    }

    var typeName: String { "Event" }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        let transaction = view.ledger.transactions[event.transaction]
        return switch field {
        case "sequenceNumber": .value(event.sequence.number)
        case "timestamp":
            .value(
                (view.checkpoint(holding: event.transaction)?.timestamp ?? transaction.timestamp)
                    .dateTime)
        case "sender": .node(.address(transaction.sender, view))
        case "transactionModule":
            .node(.module(event.callee.package, event.callee.module.description))
        case "transaction": .node(TransactionNode(transaction, view))
        case "contents": .node(.moveValue(event.type, event.fields))
        default: .null
        }
    }
}
