import ByteCodecs

struct ServiceConfigNode: GraphQLNode {
    let view: LedgerView

    var typeName: String { "ServiceConfig" }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        switch field {
        case "maxTransactionPayloadSize": .value(.integer(175_000))
        case "maxQueryPayloadSize": .value(.integer(5000))
        case "maxMultiGetSize": .value(.integer(200))
        case "maxPageSize": .value(PageCursor.pageLimit.number)
        case "defaultPageSize": .value(.integer(20))
        case "availableRange":
            .node(
                GraphQLRecord(
                    "AvailableRange",
                    [
                        "first": .maybe(
                            view.checkpoint(view.firstAvailable).map {
                                CheckpointNode(checkpoint: $0, view: view)
                            }),
                        "last": .node(CheckpointNode(checkpoint: view.checkpoint, view: view)),
                    ]))
        default: .null
        }
    }
}
