import ByteCodecs
import SuiProtocol

/// A transaction between its Base64 text and what people read.
enum TransactionText {
    /// The Base64 of the largest transaction.
    static let characterLimit = (TransactionData.byteLimit + 2) / 3 * 4

    static func read(_ text: String) throws(TransactionTextError) -> TransactionData {
        guard text.utf8.count <= characterLimit else { throw .tooLong }
        let bytes: [UInt8]
        do throws(Base64Error) { bytes = try Base64.decode(text) } catch { throw .notBase64 }
        do throws(SuiDecodingError) {
            return try TransactionData(bcs: bytes)
        } catch {
            throw .notATransaction(error)
        }
    }

    /// One line of JSON.
    static func described(
        _ data: TransactionData, escrowPackage: SuiAddress?, coins: [KnownCoin]
    ) -> String {
        let explanation = TransactionExplanation(
            data, escrowPackage: escrowPackage, coins: coins)
        func texts(_ lines: [String]) -> JSONValue { .array(lines.map { .string($0) }) }
        let words: JSONValue = [
            "frame": texts(explanation.frame), "commands": texts(explanation.commands),
            "warnings": texts(explanation.warnings),
        ]
        var members: JSONObject = ["digest": .string(data.digest.description), "words": words]
        if case .object(let fields) = data.json {
            for field in fields.members { members[field.name] = field.value }
        }
        return String(decoding: JSONValue.object(members).serialized(), as: UTF8.self)
    }
}
