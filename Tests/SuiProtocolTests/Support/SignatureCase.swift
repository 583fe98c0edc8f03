import ByteCodecs
import SuiProtocol

/// One line of a vector file: a signature, what it is said to sign, and what is to come of it.
struct SignatureCase: Sendable {
    let id: String
    let scheme: String
    let address: SuiAddress
    let intent: Intent
    let signature: String
    /// `valid`, or the reason of the refusal.
    let expected: String

    init(_ value: JSONValue) throws {
        id = try value["id"].text
        scheme = try value["scheme"].text
        address = try SuiAddress(parsing: try value["address"].text)
        signature = try value["signature_base64"].text
        if let message = try? value["message_base64"].text {
            intent = .personalMessage(try Base64.decode(message))
        } else {
            intent = .transaction(try Base64.decode(try value["tx_base64"].text))
        }
        expected = try value["valid"] == true ? "valid" : try value["reason"].text
    }

    /// The verdict in the words of the vector files.
    var verdict: String {
        do throws(SuiSignatureError) {
            let parsed = try SuiSignature.parse(base64: signature)
            return switch try parsed.verify(intent, by: address) {
            case .valid: "valid"
            case .needsNode: "needs_node"
            }
        } catch {
            return error.reason
        }
    }

    /// True when the text is refused before it is known what was signed.
    var isRefusedByParser: Bool {
        do throws(SuiSignatureError) {
            _ = try SuiSignature.parse(base64: signature)
            return false
        } catch {
            return true
        }
    }
}
