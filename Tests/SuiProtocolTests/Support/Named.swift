import ByteCodecs
import Cryptography
import SuiProtocol

/// Addresses, digests and keys by label, as the vectors' generator makes them.
enum Named {
    static func address(_ label: String) -> SuiAddress {
        derived("transactions", label) { try SuiAddress(bytes: $0) }
    }

    static func digest(_ label: String) -> ObjectDigest {
        derived("digest", label) { try ObjectDigest(bytes: $0) }
    }

    static func reference(_ label: String, _ version: UInt64) -> ObjectReference {
        ObjectReference(id: address(label), version: version, digest: digest(label))
    }

    static func bytes(_ kind: String, _ label: String) -> [UInt8] {
        SHA256.hash(Array("sluice \(kind) \(label)".utf8))
    }

    static let usdc = type(
        "0xdba34672e30cb065b1f93e3ab55318768fd6fef66c15942c9f7cb846e2f900e7::usdc::USDC")

    static func type(_ text: String) -> TypeTag {
        do {
            return try TypeTag(parsing: text)
        } catch {
            preconditionFailure("\(text) is no type: \(error)")
        }
    }

    private static func derived<Value>(
        _ kind: String, _ label: String, _ make: ([UInt8]) throws -> Value
    ) -> Value {
        do {
            return try make(bytes(kind, label))
        } catch {
            preconditionFailure("SHA-256 has 32 bytes")
        }
    }
}
