import Authentication
import Escrow
import SuiNodeClient
import SuiProtocol

/// Lets sign-in and wallets ask Sui nodes about the signatures that only they can judge.
enum NodeVerdicts {
    static func verifier(_ node: SuiNodes) -> SignatureVerifier {
        SignatureVerifier { message, signature, author, traceParent in
            await verdict(node, .personalMessage(message), signature, author, traceParent)
        }
    }

    static func ofTransactions(_ node: SuiNodes) -> Wallets.NodeVerdict {
        { transaction, signature, author, traceParent in
            await verdict(node, .transaction(transaction), signature, author, traceParent)
        }
    }

    private static func verdict(
        _ node: SuiNodes, _ intent: Intent, _ signature: String, _ author: SuiAddress,
        _ traceParent: String?
    ) async -> Bool? {
        do {
            return try await node.verifySignature(
                intent, signatureBase64: signature, author: author, traceparent: traceParent)
        } catch {
            return nil
        }
    }
}
