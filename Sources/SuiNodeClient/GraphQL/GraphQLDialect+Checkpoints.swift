import SuiProtocol

extension GraphQLDialect {
    func checkpoints(
        _ range: ClosedRange<Int64>, ofModule module: EventModule, affecting address: SuiAddress?
    ) async throws(NodeFault) -> NodeCheckpoints {
        let events = EventsReading(line: line, module: module, whole: range)
        let sent = address.map {
            TransactionsReading(line: line, address: $0, module: module, whole: range)
        }
        async let reading = Self.result { () throws(NodeFault) in try await events.all() }
        let transactions = await Self.result { () throws(NodeFault) in try await sent?.all() }
        let read = try await reading.get()
        let told = try transactions.get()?.elements.filter { told in
            address.map { told.isOf($0) } ?? false
        }
        do throws(NodeAnswerFault) {
            try ChainOrder.check(read.elements, in: range)
            try ChainOrder.check(told?.map(\.transaction) ?? [], in: range)
        } catch {
            throw line.distrust(error)
        }
        return NodeCheckpoints(
            range: range, epoch: read.head.epoch, events: read.elements,
            transactions: try await completed(told ?? []), at: read.head.at)
    }

    private static func result<Value: Sendable>(
        _ body: () async throws(NodeFault) -> Value
    ) async -> Result<Value, NodeFault> {
        do throws(NodeFault) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

/// The events of a range.
private struct EventsReading: RangeReading {
    let line: NodeLine
    let module: EventModule
    let whole: ClosedRange<Int64>

    func page(
        of part: ClosedRange<Int64>, after: String?
    ) async throws(NodeFault) -> NodePage<NodeEvent> {
        try await line.ask(
            EventsQuery(module, in: part, last: whole.upperBound, after: after))
    }

    func checkpoint(of event: NodeEvent) -> Int64? { event.checkpoint }
}

/// The transactions of a range that an address had to do with.
private struct TransactionsReading: RangeReading {
    let line: NodeLine
    let address: SuiAddress
    let module: EventModule
    let whole: ClosedRange<Int64>

    func page(
        of part: ClosedRange<Int64>, after: String?
    ) async throws(NodeFault) -> NodePage<ToldTransaction> {
        try await line.ask(
            AddressTransactionsQuery(
                address, calling: module, in: part, last: whole.upperBound, after: after))
    }

    func checkpoint(of told: ToldTransaction) -> Int64? { told.transaction.checkpoint }
}
