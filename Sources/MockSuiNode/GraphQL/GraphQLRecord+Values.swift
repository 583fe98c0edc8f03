import ByteCodecs
import SuiProtocol

/// Small objects of the schema.
extension GraphQLNode where Self == GraphQLRecord {
    static func address(_ address: SuiAddress, _ view: LedgerView) -> any GraphQLNode {
        AddressNode(address: address, view: view)
    }

    static func type(_ type: CustomStringConvertible) -> GraphQLRecord {
        GraphQLRecord("MoveType", ["repr": .value(.string(type.description))])
    }

    static func epoch(_ epoch: UInt64, _ view: LedgerView) -> GraphQLRecord {
        let beginnings = view.ledger.epochBeginnings
        let start =
            epoch < UInt64(beginnings.count)
            ? view.ledger.checkpoints[beginnings[Int(epoch)]].timestamp : nil
        return GraphQLRecord(
            "Epoch",
            [
                "epochId": .value(epoch.number),
                "referenceGasPrice": .value(Ledger.referenceGasPrice.text),
                "startTimestamp": .value(start?.dateTime ?? .null),
            ])
    }

    static func moveValue(_ type: StructTag, _ fields: MoveData.Fields) -> GraphQLRecord {
        GraphQLRecord(
            "MoveValue",
            [
                "type": .node(GraphQLRecord.type(type)),
                "json": .value(MoveData.graphQL(fields)),
                "bcs": .value(.string(Base64.encode(MoveData.bcs(of: fields)))),
            ])
    }

    static func module(_ package: SuiAddress, _ name: String) -> GraphQLRecord {
        let owner = GraphQLRecord("MovePackage", ["address": .value("\(package)")])
        return GraphQLRecord(
            "MoveModule",
            [
                "name": .value(.string(name)), "package": .node(owner),
                "fullyQualifiedName": .value("\(package)::\(name)"),
            ])
    }

    static func pageInfo(
        hasNext: Bool, hasPrevious: Bool = false, start: String?, end: String?
    ) -> GraphQLRecord {
        GraphQLRecord(
            "PageInfo",
            [
                "hasNextPage": .value(.bool(hasNext)),
                "hasPreviousPage": .value(.bool(hasPrevious)),
                "startCursor": .value(start.map { .string($0) } ?? .null),
                "endCursor": .value(end.map { .string($0) } ?? .null),
            ])
    }
}
