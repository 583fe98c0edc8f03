public import SuiProtocol

/// Judges a wallet's signature: here where the scheme allows it, else through a node.
public struct SignatureVerifier: Sendable {
    /// Asks a trusted node about the signature of a personal message.
    ///
    /// - Returns: whether the node holds it for good; nil when no node answers or none is
    ///   configured, for then nobody knows.
    public typealias NodeVerdict =
        @Sendable (
            _ message: [UInt8], _ signature: String, _ author: SuiAddress, _ traceParent: String?
        ) async -> Bool?

    private let askNode: NodeVerdict

    public init(askNode: @escaping NodeVerdict) {
        self.askNode = askNode
    }

    func verify(
        _ signature: SuiSignature, text signatureText: String, of message: [UInt8],
        by address: SuiAddress, traceParent: String?
    ) async throws(SignInError) {
        let verdict: LocalVerdict
        do {
            verdict = try signature.verify(.personalMessage(message), by: address)
        } catch {
            throw error.isMalformed
                ? .signatureMalformed(reason: error.reason)
                : .signatureInvalid(reason: error.reason)
        }
        switch verdict {
        case .valid: return
        case .needsNode:
            switch await askNode(message, signatureText, address, traceParent) {
            case .some(true): return
            case .some(false): throw .signatureInvalid(reason: "refused_by_node")
            case .none: throw .verifierUnavailable
            }
        }
    }
}
