public import SuiProtocol

/// Finds the operator on chain, and that our key is the one that may charge for it.
public enum OperatorLookup {
    /// - Parameter charger: the address of our key.
    public static func find(
        _ id: ObjectID, of contract: EscrowContract, charger: SuiAddress, on node: any SuiNode
    ) async throws(OperatorError) -> SharedObject {
        let found: NodeObject?
        do throws(SuiNodeError) {
            found = try await node.objects([id])[id]
        } catch {
            throw .node(error)
        }
        guard let found else { throw .missing }
        guard found.type == contract.operatorType else { throw .otherType }
        guard case .shared(let version) = found.owner, let bcs = found.bcs,
            let contents = try? EscrowOperator(bcs: bcs)
        else { throw .otherType }
        guard contents.charger == charger else {
            throw .otherCharger(ours: charger, theirs: contents.charger)
        }
        return SharedObject(id: id, initialVersion: version)
    }
}

/// Why nothing can be charged with this configuration.
public enum OperatorError: Error, Hashable, Sendable, CustomStringConvertible {
    case node(SuiNodeError)
    /// The node knows no such object, or not yet.
    case missing
    /// The object is no operator of the configured package.
    case otherType
    case otherCharger(ours: SuiAddress, theirs: SuiAddress)

    /// Whether trying again can help.
    public var isTransient: Bool {
        switch self {
        case .node(.wrongChain), .otherType, .otherCharger: false
        case .node, .missing: true
        }
    }

    public var description: String {
        switch self {
        case .node(.wrongChain): "the node serves another chain than the configured one"
        case .node: "no Sui node answers"
        case .missing: "no node knows the object SLUICE_ESCROW_OPERATOR"
        case .otherType:
            "SLUICE_ESCROW_OPERATOR is no operator of the package SLUICE_ESCROW_PACKAGE"
        case .otherCharger(let ours, let theirs):
            "the key file's address \(ours) may not charge: the operator's charger is \(theirs)"
        }
    }
}
