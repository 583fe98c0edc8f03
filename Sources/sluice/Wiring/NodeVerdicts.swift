import Authentication
import SuiNodeClient
import SuiProtocol

/// Lets sign-in ask Sui nodes about the signatures that only they can judge.
enum NodeVerdicts {
    static func verifier(_ node: SuiNodes) -> SignatureVerifier {
        SignatureVerifier { message, signature, author, traceParent in
            do {
                return try await node.verifySignature(
                    .personalMessage(message), signatureBase64: signature, author: author,
                    traceparent: traceParent)
            } catch {
                return nil
            }
        }
    }
}
