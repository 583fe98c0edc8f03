import ByteCodecs

/// A request to `/graphql`.
struct GraphQLRequest: WireRequest {
    private struct Parsed {
        let document: GraphQLDocument
        let variables: JSONObject
    }

    private static let operations: [String: NodeOperation] = [
        "address": .balance, "chainIdentifier": .chain, "checkpoint": .checkpoint,
        "multiGetCheckpoints": .checkpoint, "coinMetadata": .metadata, "epoch": .epoch,
        "events": .events, "multiGetObjects": .object, "object": .object,
        "multiGetTransactions": .transaction, "multiGetTransactionEffects": .transaction,
        "transaction": .transaction,
        "transactionEffects": .transaction, "transactions": .transactions,
        "serviceConfig": .configuration, "simulateTransaction": .simulate,
        "verifySignature": .verify, "executeTransaction": .execute,
    ]

    private let parsed: Result<Parsed, GraphQLError>

    init(_ body: [UInt8]) {
        parsed = Result { () throws(GraphQLError) in try Self.parse(body) }
    }

    private static func parse(_ body: [UInt8]) throws(GraphQLError) -> Parsed {
        guard let value = try? JSONValue.parse(body), let query = value["query"]?.string else {
            throw .parse("the body is no request")
        }
        let document = try GraphQLParser.parse(query)
        let validator = GraphQLValidator(schema: .live, document: document)
        try validator.validate()
        return Parsed(
            document: document, variables: try validator.variables(value["variables"] ?? [:]))
    }

    private var rootFields: [GraphQLField] {
        guard case .success(let parsed) = parsed else { return [] }
        return parsed.document.selections.compactMap {
            if case .field(let field) = $0 { field } else { nil }
        }
    }

    var questions: [NodeQuestion] {
        rootFields.map { field in
            var operation = Self.operations[field.name] ?? .unknown
            let wantsObjects = field.selections.contains {
                if case .field(let inner) = $0 { inner.name == "objects" } else { false }
            }
            if field.name == "address", wantsObjects { operation = .coins }
            return NodeQuestion(operation: operation, method: field.name)
        }
    }

    var transactionBytes: [UInt8]? {
        guard case .success(let parsed) = parsed,
            let field = rootFields.first(where: { $0.name == "executeTransaction" })
        else { return nil }
        return try? GraphQLArguments(field, parsed.variables).bytes("transactionDataBcs")
    }

    func answer(_ core: inout NodeCore, _ faults: StruckFaults) -> MockAnswer {
        var answer = JSONObject()
        do throws(GraphQLError) {
            let parsed = try parsed.get()
            let executor = GraphQLExecutor(variables: parsed.variables)
            answer["data"] =
                parsed.document.isMutation
                ? try mutate(parsed, executor, &core, faults)
                : try executor.object(
                    parsed.document.selections, of: QueryNode(core: core, faults: faults))
        } catch {
            answer["data"] = .null
            answer["errors"] = [error.json]
        }
        return MockAnswer(
            status: 200, "application/json", JSONValue.object(answer).serialized())
    }

    /// Runs first and reads then: nothing must hold on to the chain as it was before.
    private func mutate(
        _ parsed: Parsed, _ executor: GraphQLExecutor, _ core: inout NodeCore,
        _ faults: StruckFaults
    ) throws(GraphQLError) -> JSONValue {
        var executed: [String: GraphQLResult] = [:]
        for field in rootFields {
            let arguments = GraphQLArguments(field, parsed.variables)
            let bytes = try arguments.needed("bytes", arguments.bytes("transactionDataBcs"))
            let signatures = try arguments.list("signatures").compactMap(\.string)
            do throws(ExecutionError) {
                let done = try core.execute(bytes, signatures: signatures, faults)
                let effects = EffectsNode(executed: done, view: .direct(core.ledger))
                executed[field.name] = .node(
                    GraphQLRecord("ExecutionResult", ["effects": .node(effects)]))
            } catch {
                guard case .refused(let refusal) = error else {
                    throw GraphQLError(code: .internalError, message: "Internal error")
                }
                throw .input(refusal.wrappedText)
            }
        }
        return try executor.object(
            parsed.document.selections, of: GraphQLRecord("Mutation", executed))
    }
}
