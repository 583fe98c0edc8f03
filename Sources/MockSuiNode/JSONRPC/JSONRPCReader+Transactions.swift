import ByteCodecs
import SuiProtocol

extension JSONRPCReader {
    func dryRun(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        guard let bytes = try? Base64.decode(parameters.string(0, "tx_bytes")) else {
            throw .parameters("tx_bytes")
        }
        do throws(TransactionRefusal) {
            let simulated = try core.simulate(bytes)
            let form = JSONRPCTransaction(view: .direct(core.ledger), options: .init(value: [:]))
            return [
                "effects": form.effects(simulated.effects, digest: simulated.digest),
                "events": .array(
                    simulated.events.enumerated().map {
                        form.event(
                            $0.element.type, $0.element.fields, $0.element.callee,
                            digest: simulated.digest, sequence: $0.offset,
                            sender: simulated.sender, at: core.ledger.now)
                    }),
                "objectChanges": form.objectChanges(simulated.effects, simulated.sender),
                "balanceChanges": form.balanceChanges(simulated.effects),
                "suggestedGasPrice": Ledger.referenceGasPrice.text,
            ]
        } catch {
            throw .refused(error.text)
        }
    }

    func transaction(
        _ digest: TransactionDigest, _ options: JSONRPCOptions
    ) throws(JSONRPCError) -> JSONValue {
        let view = direct
        guard !faults.has(.notFound), let found = view.transaction(digest), isKept(found) else {
            throw .refused("Could not find the referenced transaction [\(digest)].")
        }
        return .object(JSONRPCTransaction(view: view, options: options).json(found))
    }

    private func isKept(_ transaction: LedgerTransaction) -> Bool {
        (direct.checkpoint(of: transaction.digest)?.sequence ?? .max) >= index.firstAvailable
    }

    func transactions(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        var answers: [JSONValue] = []
        for text in try parameters.strings(0, "digests") {
            guard let digest = try? TransactionDigest(parsing: text) else {
                throw .parameters("digests")
            }
            do throws(JSONRPCError) {
                answers.append(try transaction(digest, parameters.options(1)))
            } catch {
                answers.append(["digest": .string(text), "errors": [.string(error.message)]])
            }
        }
        return .array(answers)
    }

    /// Filters: none, `Checkpoint`, `FromAddress`, `FromOrToAddress`, `AffectedAddress`.
    func queryTransactions(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        let view = index
        let isDescending = parameters[3] == true
        var rest = try candidates(parameters[0]["filter"] ?? .null, view)
        if let cursor = parameters[1].string {
            guard let digest = try? TransactionDigest(parsing: cursor),
                let place = view.ledger.indices[digest]
            else { throw .parameters("cursor") }
            rest = rest.clamped(to: isDescending ? 0..<place : (place + 1)..<Int.max)
        }
        let limit = try parameters.limit(2)
        let shown = isDescending ? rest.suffix(limit).reversed() : Array(rest.prefix(limit))
        let form = JSONRPCTransaction(
            view: view, options: .init(value: parameters[0]["options"] ?? .null))
        let found = shown.map { view.ledger.transactions[$0] }
        return [
            "data": .array(found.map { .object(form.json($0)) }),
            "nextCursor": found.last.map { "\($0.digest)" } ?? .null,
            "hasNextPage": .bool(shown.count < rest.count),
        ]
    }

    private func candidates(
        _ filter: JSONValue, _ view: LedgerView
    ) throws(JSONRPCError) -> RisingIndices {
        var window = CheckpointWindow()
        if filter.isNull { return view.transactions(sentBy: nil, in: window) }
        if let sequence = filter["Checkpoint"]?.unsigned {
            window.narrow(at: Int(clamping: sequence))
            return view.transactions(sentBy: nil, in: window)
        }
        if let text = filter["FromAddress"]?.string, let sender = try? SuiAddress(parsing: text) {
            return view.transactions(sentBy: sender, in: window)
        }
        let text =
            filter["FromOrToAddress"]?["addr"]?.string
            ?? (filter["AffectedAddress"]?["address"] ?? filter["AffectedAddress"])?.string
        if let text, let address = try? SuiAddress(parsing: text) {
            return view.transactions(affecting: address, in: window)
        }
        throw .parameters("filter")
    }

    // MARK: - Events

    func events(of digest: TransactionDigest) throws(JSONRPCError) -> JSONValue {
        let view = direct
        guard !faults.has(.notFound), let found = view.transaction(digest) else {
            throw .refused("Could not find the referenced transaction events [\(digest)].")
        }
        let form = JSONRPCTransaction(view: view, options: .init(value: [:]))
        return .array(found.events.map { form.event(view.ledger.events[$0]) })
    }

    func queryEvents(_ parameters: JSONRPCParameters) throws(JSONRPCError) -> JSONValue {
        let view = index
        var query = try eventQuery(parameters[0], view)
        query.after = try position(parameters[1], view)
        query.limit = try parameters.limit(2)
        query.isDescending = parameters[3] == true
        let page = view.events(query)
        let form = JSONRPCTransaction(view: view, options: .init(value: [:]))
        let next = page.events.last.map { form.id(of: view.ledger.events[$0]) } ?? parameters[1]
        return [
            "data": .array(
                faults.spoil(page.events).map { form.event(view.ledger.events[$0]) }),
            "nextCursor": next, "hasNextPage": .bool(page.hasNext),
        ]
    }

    private func position(
        _ cursor: JSONValue, _ view: LedgerView
    ) throws(JSONRPCError) -> Int? {
        guard !cursor.isNull else { return nil }
        guard let text = cursor["txDigest"]?.string,
            let digest = try? TransactionDigest(parsing: text),
            let sequence = cursor["eventSeq"]?.unsigned,
            let found = view.ledger.transaction(digest), sequence < UInt64(found.events.count)
        else { throw .parameters("cursor") }
        return found.events.lowerBound + Int(sequence)
    }

    private func eventQuery(
        _ filter: JSONValue, _ view: LedgerView
    ) throws(JSONRPCError) -> EventQuery {
        var query = EventQuery()
        if let text = filter["MoveEventType"]?.string {
            query.type = EventTypeFilter(text)
        } else if let module = filter["MoveEventModule"] {
            query.type = try EventTypeFilter(name(of: module))
        } else if let module = filter["MoveModule"] {
            guard case .module(let package, let name)? = try EventTypeFilter(name(of: module))
            else { throw .parameters("query") }
            query.callee = (package, name)
            return query
        } else if let text = filter["Sender"]?.string {
            guard let sender = try? SuiAddress(parsing: text) else { throw .parameters("query") }
            query.sender = sender
            return query
        } else if filter["All"] == [] {
            return query
        }
        guard query.type != nil else { throw .parameters("query") }
        return query
    }

    private func name(of module: JSONValue) throws(JSONRPCError) -> String {
        guard let package = module["package"]?.string, let name = module["module"]?.string else {
            throw .parameters("query")
        }
        return "\(package)::\(name)"
    }
}
