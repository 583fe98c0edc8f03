import ByteCodecs
import SuiNodeClient
import SuiProtocol

/// Judges signatures here, and asks a node only about what a node alone can tell.
struct SignatureJudge: Sendable {
    /// Nil when no node is configured.
    let node: SuiNodes?

    func verdict(
        _ given: VerificationCase, _ kind: VerificationCase.Kind
    ) async -> Verdict {
        do throws(SuiSignatureError) {
            let signature = try SuiSignature.parse(base64: given.signatureBase64)
            guard let address = try? SuiAddress(parsing: given.address) else {
                return .invalid(reason: "address_invalid")
            }
            guard let content = try? Base64.decode(given.contentBase64) else {
                return .invalid(reason: "\(kind.contentMember)_invalid")
            }
            let intent: Intent =
                kind == .message ? .personalMessage(content) : .transaction(content)
            let valid = Verdict.valid(
                scheme: signature.scheme.rawValue, address: address.description)
            switch try signature.verify(intent, by: address) {
            case .valid: return valid
            case .needsNode: return await ask(intent, given.signatureBase64, address) ?? valid
            }
        } catch {
            return .invalid(reason: error.reason)
        }
    }

    /// - Returns: nil when the node finds the signature valid.
    private func ask(
        _ intent: Intent, _ signatureBase64: String, _ address: SuiAddress
    ) async -> Verdict? {
        guard let node else { return .unavailable }
        do throws(SuiNodeError) {
            let isValid = try await node.verifySignature(
                intent, signatureBase64: signatureBase64, author: address)
            return isValid ? nil : .invalid(reason: "signature_mismatch")
        } catch {
            return .unavailable
        }
    }
}
