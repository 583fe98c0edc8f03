import Determinism
import Observability
public import SuiProtocol

extension SuiNodes {
    /// Every endpoint may be sent the same bytes: a digest runs once. One that is behind refuses
    /// what another has already run, so a refusal counts only where all agree and none knows the
    /// transaction.
    public func execute(
        _ transaction: [UInt8], signatures: [[UInt8]]
    ) async throws(SuiNodeError) -> NodeTransaction {
        let question = question(
            total: limits.executeTotalMilliseconds, each: limits.executeMilliseconds,
            answerLimit: limits.pageLimit, attempts: 2, namesChain: false, mayBeRefused: true)
        var faults: [NodeFault] = []
        for endpoint in endpointsInOrder {
            guard !question.deadline.isPast, !Task.isCancelled else { break }
            do throws(NodeFault) {
                let node = try await dialect(endpoint, question)
                return try await node.execute(transaction, signatures: signatures)
            } catch {
                faults.append(error)
                note(error, by: endpoint, question.logger)
            }
        }
        return try await settled(TransactionDigest(hashing: transaction), faults)
    }

    private func settled(
        _ digest: TransactionDigest, _ faults: [NodeFault]
    ) async throws(SuiNodeError) -> NodeTransaction {
        let refusal = faults.lazy.compactMap {
            if case .refused(let words) = $0 { words } else { nil }
        }.first
        guard let refusal else { throw SuiNodeError(faults) }
        let known = try? await first(question()) { node throws(NodeFault) in
            try await node.transactions([digest])
        }
        if let known = known?.first { return known }
        throw faults.contains(where: \.leavesOutcomeOpen) ? .unavailable : .refused(refusal)
    }

    private func note(_ fault: NodeFault, by endpoint: NodeEndpoint, _ logger: Logger) {
        guard case .refused(let words) = fault else { return }
        logger.info(
            "node refused a transaction", ("endpoint", .text(endpoint.name)),
            ("detail", .text(words)))
    }
}
