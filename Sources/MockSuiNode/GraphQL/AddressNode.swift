import ByteCodecs
import SuiProtocol

struct AddressNode: GraphQLNode {
    let address: SuiAddress
    let view: LedgerView

    var typeName: String { "Address" }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        switch field {
        case "address": .value("\(address)")
        case "balance": .node(balance(try arguments.coinType("coinType")))
        case "balances":
            .node(
                try PageCursor.connection(
                    "BalanceConnection", view.coinTypes(of: address), arguments
                ) { balance($0) })
        case "objects": .node(try objects(arguments))
        default: .null
        }
    }

    private func balance(_ type: TypeTag) -> GraphQLRecord {
        let coins = view.coins(of: address, type).sum
        let funds = UInt128(view.addressBalance(BalanceKey(owner: address, coinType: type)))
        return GraphQLRecord(
            "Balance",
            [
                "coinType": .node(.type(type)), "totalBalance": .value("\(coins + funds)"),
                "coinBalance": .value("\(coins)"), "addressBalance": .value("\(funds)"),
            ])
    }

    private func objects(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLRecord {
        var type: EventTypeFilter?
        if let filter = try arguments.object("filter") {
            try filter.only(["type"])
            if let text = try filter.string("type") {
                guard let known = EventTypeFilter(text) else { throw .input("type is none") }
                type = known
            }
        }
        return try PageCursor.connection(
            "MoveObjectConnection", view.owned(by: address, type: type), arguments
        ) { ObjectNode(typeName: "MoveObject", object: $0, view: view) }
    }
}
