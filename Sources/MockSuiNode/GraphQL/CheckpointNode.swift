import ByteCodecs
import SuiProtocol

struct CheckpointNode: GraphQLNode {
    let checkpoint: LedgerCheckpoint
    let view: LedgerView

    var typeName: String { "Checkpoint" }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        switch field {
        case "sequenceNumber": .value(checkpoint.sequence.number)
        case "digest": .value("\(checkpoint.digest)")
        case "timestamp": .value(checkpoint.timestamp.dateTime)
        case "epoch": .node(.epoch(checkpoint.epoch, view))
        case "networkTotalTransactions": .value(checkpoint.transactions.upperBound.number)
        case "previousCheckpointDigest":
            .value(
                checkpoint.sequence == 0
                    ? .null
                    : view.checkpoint(checkpoint.sequence - 1).map { "\($0.digest)" } ?? .null)
        case "transactions":
            .node(
                try TransactionList(
                    view: view, arguments: arguments, checkpoint: checkpoint.sequence
                ).connection())
        default: .null
        }
    }
}
