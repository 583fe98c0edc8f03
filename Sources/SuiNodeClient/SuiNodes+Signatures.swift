import Observability
public import SuiProtocol

extension SuiNodes {
    /// Whether the signature holds now. Remember the answer, never ask it again later: a zkLogin
    /// signature dies with its epoch. Only GraphQL knows the question.
    ///
    /// - Parameters:
    ///   - signatureBase64: parsed before, so that nodes see only well-formed ones.
    ///   - traceparent: of the request that caused this, passed on as it is; log lines carry its
    ///     trace id.
    /// - Returns: false also where the node cannot read the signature.
    public func verifySignature(
        _ intent: Intent, signatureBase64: String, author: SuiAddress, traceparent: String? = nil
    ) async throws(SuiNodeError) -> Bool {
        var traced = self
        traced.traceparent = traceparent
        let query = VerifySignatureQuery(
            intent, signatureBase64: signatureBase64, author: author)
        let question = traced.question(
            namesChain: false, mayBeRefused: true, attempts: 1, answerLimit: limits.answerLimit)
        do throws(SuiNodeError) {
            try await traced.first(question) { node throws(NodeFault) in
                try await node.verify(query)
            }
            return true
        } catch {
            guard case .refused(let detail) = error else { throw error }
            question.logger.debug("node refused a signature", ("detail", .text(detail)))
            return false
        }
    }
}
