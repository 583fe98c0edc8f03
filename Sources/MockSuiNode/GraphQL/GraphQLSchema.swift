/// The part of the published schema that is answered here: types, fields, arguments.
/// Source: `Docs/Sources.md#graphql`. What is not in it is refused, as by the network.
struct GraphQLSchema {
    struct Field {
        /// Nil for a scalar.
        let type: String?
        let arguments: [Argument]
    }

    struct Argument {
        let name: String
        let isRequired: Bool
    }

    static let live = GraphQLSchema(parsing: GraphQLSchema.text)

    private var types: [String: [String: Field]] = [:]

    func field(_ name: String, of type: String) -> Field? {
        name == "__typename" ? Field(type: nil, arguments: []) : types[type]?[name]
    }

    /// Whether a fragment on `condition` can stand where a `type` is.
    func isFragment(_ condition: String, possibleOn type: String) -> Bool {
        types[condition] != nil && (type == condition || type == "Owner")
    }

    /// Each line: a type, then its fields as `name(argument!,argument):Type`.
    private init(parsing text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            for word in words.dropFirst() {
                let (name, field) = Self.field(word)
                types[String(words[0]), default: [:]][name] = field
            }
        }
    }

    private static func field(_ word: Substring) -> (String, Field) {
        let name = word.prefix { $0 != "(" && $0 != ":" }
        let type = word.contains(":") ? word.split(separator: ":").last.map(String.init) : nil
        var arguments: [Argument] = []
        if let start = word.firstIndex(of: "("), let end = word.firstIndex(of: ")") {
            arguments = word[word.index(after: start)..<end].split(separator: ",").map {
                Argument(
                    name: String($0.prefix { $0 != "!" }), isRequired: $0.hasSuffix("!"))
            }
        }
        return (String(name), Field(type: type, arguments: arguments))
    }

    private static let text = """
        Query address(address,atCheckpoint):Address chainIdentifier
        Query checkpoint(sequenceNumber,digest):Checkpoint coinMetadata(coinType!):CoinMetadata
        Query epoch(epochId):Epoch events(first,after,last,before,filter):EventConnection
        Query multiGetObjects(keys!):Object multiGetTransactions(keys!):Transaction
        Query multiGetTransactionEffects(keys!):TransactionEffects
        Query object(address!,version,atCheckpoint):Object serviceConfig:ServiceConfig
        Query simulateTransaction(transaction!,checksEnabled,doGasSelection):SimulationResult
        Query transaction(digest!):Transaction transactionEffects(digest!):TransactionEffects
        Query transactions(first,after,last,before,filter):TransactionConnection
        Query verifySignature(message!,signature!,intentScope!,author!):SignatureVerifyResult
        Query multiGetCheckpoints(keys!):Checkpoint
        Mutation executeTransaction(transactionDataBcs!,signatures!):ExecutionResult
        Address address balance(coinType!):Balance
        Address balances(first,after):BalanceConnection
        Address objects(first,after,filter):MoveObjectConnection
        Balance coinType:MoveType totalBalance coinBalance addressBalance
        BalanceConnection nodes:Balance pageInfo:PageInfo
        BalanceChange owner:Address coinType:MoveType amount
        BalanceChangeConnection nodes:BalanceChange pageInfo:PageInfo
        Checkpoint sequenceNumber digest timestamp epoch:Epoch previousCheckpointDigest
        Checkpoint networkTotalTransactions
        Checkpoint transactions(first,after,last,before,filter):TransactionConnection
        CoinMetadata decimals symbol name supply
        Epoch epochId referenceGasPrice startTimestamp
        Event sequenceNumber timestamp sender:Address transactionModule:MoveModule
        Event transaction:Transaction contents:MoveValue
        EventConnection nodes:Event edges:EventEdge pageInfo:PageInfo
        EventEdge cursor node:Event
        ExecutionError message abortCode identifier constant instructionOffset
        ExecutionError module:MoveModule function:MoveFunction
        ExecutionResult effects:TransactionEffects
        GasCostSummary computationCost storageCost storageRebate nonRefundableStorageFee
        GasEffects gasObject:Object gasSummary:GasCostSummary
        GasInput gasSponsor:Address gasPrice gasBudget
        MoveFunction name module:MoveModule fullyQualifiedName
        MoveModule name package:MovePackage fullyQualifiedName
        MovePackage address
        MoveObject address version digest owner:Owner contents:MoveValue hasPublicTransfer
        MoveObject previousTransaction:Transaction storageRebate
        MoveObjectConnection nodes:MoveObject pageInfo:PageInfo
        MoveType repr
        MoveValue type:MoveType json bcs
        Object address version digest owner:Owner asMoveObject:MoveObject objectBcs
        Object previousTransaction:Transaction storageRebate
        ObjectChange address idCreated idDeleted inputState:Object outputState:Object
        ObjectChangeConnection nodes:ObjectChange pageInfo:PageInfo
        AddressOwner address:Address
        ObjectOwner address:Address
        ConsensusAddressOwner address:Address startVersion
        Shared initialSharedVersion
        Immutable _
        Owner __typename
        PageInfo hasNextPage endCursor hasPreviousPage startCursor
        ServiceConfig maxTransactionPayloadSize maxQueryPayloadSize maxMultiGetSize
        ServiceConfig availableRange(type!,field,filters):AvailableRange
        ServiceConfig maxPageSize(type!,field!) defaultPageSize(type!,field!)
        AvailableRange first:Checkpoint last:Checkpoint
        SignatureVerifyResult success
        SimulationResult effects:TransactionEffects outputs:CommandResult
        CommandResult returnValues:CommandOutput
        CommandOutput value:MoveValue
        Transaction digest sender:Address transactionBcs signatures:UserSignature
        Transaction gasInput:GasInput effects:TransactionEffects
        TransactionConnection nodes:Transaction edges:TransactionEdge pageInfo:PageInfo
        TransactionEdge cursor node:Transaction
        TransactionEffects effectsBcs effectsDigest version
        TransactionEffects digest status executionError:ExecutionError epoch:Epoch lamportVersion
        TransactionEffects gasEffects:GasEffects balanceChangesJson checkpoint:Checkpoint timestamp
        TransactionEffects balanceChanges(first,after):BalanceChangeConnection
        TransactionEffects events(first,after):EventConnection transaction:Transaction
        TransactionEffects objectChanges(first,after):ObjectChangeConnection
        UserSignature signatureBytes
        """
}
