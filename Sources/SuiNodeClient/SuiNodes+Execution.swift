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
        var faults: [(endpoint: NodeEndpoint, fault: NodeFault)] = []
        for endpoint in endpointsInOrder {
            guard !question.deadline.isPast, !Task.isCancelled else { break }
            do throws(NodeFault) {
                let node = try await dialect(endpoint, question)
                return try await node.execute(transaction, signatures: signatures)
            } catch {
                faults.append((endpoint, error))
                note(error, by: endpoint, question.logger)
            }
        }
        return try await settled(TransactionDigest(hashing: transaction), faults)
    }

    private func settled(
        _ digest: TransactionDigest, _ faults: [(endpoint: NodeEndpoint, fault: NodeFault)]
    ) async throws(SuiNodeError) -> NodeTransaction {
        var refusing: [NodeEndpoint] = []
        var refusal: String?
        for case (let endpoint, .refused(let words)) in faults {
            refusing.append(endpoint)
            refusal = refusal ?? words
        }
        guard let refusal else { throw SuiNodeError(faults.map(\.fault)) }
        if let known = try await known(digest, to: refusing) { return known }
        throw faults.contains(where: \.fault.leavesOutcomeOpen)
            ? .unavailable : .refused(refusal)
    }

    /// What any of the endpoints knows of a transaction; nil where none does.
    ///
    /// - Throws: ``SuiNodeError/unavailable`` where one that might does not say.
    private func known(
        _ digest: TransactionDigest, to endpoints: [NodeEndpoint]
    ) async throws(SuiNodeError) -> NodeTransaction? {
        let question = question()
        var isOpen = false
        for endpoint in endpoints {
            do throws(NodeFault) {
                let node = try await dialect(endpoint, question)
                if let found = try await node.transactions([digest]).first { return found }
            } catch {
                isOpen = true
            }
        }
        if isOpen { throw .unavailable }
        return nil
    }

    private func note(_ fault: NodeFault, by endpoint: NodeEndpoint, _ logger: Logger) {
        guard case .refused(let words) = fault else { return }
        logger.info(
            "node refused a transaction", ("endpoint", .text(endpoint.name)),
            ("detail", .text(words)))
    }
}
