import ByteCodecs
import SuiProtocol

/// Bytes of a transaction, of a type, or text of a type. What is taken must come back as it was,
/// and be explained and shown without a trap, whatever its arguments point at.
enum TransactionTarget {
    static func run(_ input: [UInt8]) {
        if let data = try? TransactionData(bcs: input) {
            demand(data.bcs == input, "one form a transaction")
            let explained = TransactionExplanation(data)
            demand(
                explained.commands.count == data.program.commands.count, "a sentence a command")
            demand(!data.json.serialized().isEmpty, "everything can be shown")
        }
        if let tag = try? TypeTag(bcs: input) {
            demand(tag.bcs == input, "one form a type")
            demand(tag.depth <= TypeTag.depthLimit, "no type too deep")
            demand((try? TypeTag(parsing: tag.description)) == tag, "its text names it")
        }
        if let text = String(validating: input, as: UTF8.self) {
            readTexts(text)
        }
        for name in EscrowEvent.Name.allCases {
            guard let event = try? EscrowEvent(name, bcs: input) else { continue }
            demand(event.bcs == input, "one form an event")
        }
    }

    private static func readTexts(_ text: String) {
        if let tag = try? TypeTag(parsing: text) {
            demand((try? TypeTag(parsing: tag.description)) == tag, "the canonical text is one")
            demand((try? TypeTag(bcs: tag.bcs)) == tag, "its bytes name it")
        }
        if let bytes = try? Base58.decode(text), bytes.count <= Base58.byteLimit {
            demand(Base58.encode(bytes) == text, "one text for bytes")
        }
        if let bytes = try? Bech32.decode(text, prefix: "a") {
            demand((try? Bech32.encode(prefix: "a", bytes)) == text.lowercased(), "one lower text")
        }
    }
}
