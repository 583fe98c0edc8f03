import ByteCodecs

/// The shape of a JSON value: bodies are checked against it and the document is made from it, so
/// that the two cannot say different things.
indirect enum Schema: Sendable {
    case text(TextShape)
    /// A text of ours that no client sends: no check beyond being text.
    case freeText
    case choice([String])
    /// RFC 3339 in UTC with milliseconds.
    case time
    case uuid
    case integer(ClosedRange<Int64>)
    /// Micro-USDC.
    case amount(AmountShape)
    case flag
    /// No promise at all.
    case anything
    case object([Field])
    /// An object whose member names are not known beforehand.
    case map(Schema)
    case list(Schema, atMost: Int)
    case nullable(Schema)
    /// Stands in the document once, under this name.
    case named(String, Schema)

    /// A member of an object.
    struct Field: Sendable {
        var name: String
        var schema: Schema
        var isRequired: Bool
        var summary: String
        var example: JSONValue?

        init(
            _ name: String, _ schema: Schema, required: Bool = true, _ summary: String,
            example: JSONValue? = nil
        ) {
            self.name = name
            self.schema = schema
            self.isRequired = required
            self.summary = summary
            self.example = example
        }
    }

    /// The members, also of an object that has a name or may be null; otherwise none.
    var fields: [Field] {
        switch self {
        case .object(let fields): fields
        case .named(_, let schema), .nullable(let schema): schema.fields
        case .text, .freeText, .choice, .time, .uuid, .integer, .amount, .flag, .anything, .map,
            .list:
            []
        }
    }
}
