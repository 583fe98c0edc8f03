import ByteCodecs
import SuiProtocol

/// An `Object`, or the `MoveObject` it is.
struct ObjectNode: GraphQLNode {
    let typeName: String
    let object: LedgerObject
    let view: LedgerView

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        switch field {
        case "address": .value("\(object.id)")
        case "version": .value(object.version.number)
        case "digest": .value("\(object.digest)")
        case "owner": .node(owner)
        case "asMoveObject": .node(ObjectNode(typeName: "MoveObject", object: object, view: view))
        case "contents": .node(.moveValue(object.type, object.fields))
        case "hasPublicTransfer": .value(.bool(object.contents.isTransferable))
        case "objectBcs": .value(.string(Base64.encode(object.bcs)))
        case "storageRebate": .value(object.storageRebate.text)
        case "previousTransaction":
            .maybe(
                view.transaction(object.previousTransaction).map { TransactionNode($0, view) })
        default: .null
        }
    }

    private var owner: GraphQLRecord {
        switch object.owner {
        case .address(let address):
            GraphQLRecord("AddressOwner", ["address": .node(.address(address, view))])
        case .shared(let version):
            GraphQLRecord("Shared", ["initialSharedVersion": .value(version.number)])
        }
    }
}
