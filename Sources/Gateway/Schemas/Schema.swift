import ByteCodecs

/// The shape of a JSON value: bodies are checked against it and the document is made from it, so
/// that the two cannot say different things.
indirect enum Schema: Sendable {
    case text(TextShape)
    /// A text of ours, or one that means nothing unless we know it: no check beyond being text.
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
    /// An object whose other members depend on the value of one.
    case variants(by: String, [Variant])
    /// An object whose member names are not known beforehand.
    case map(Schema)
    case list(Schema, atMost: Int)
    case nullable(Schema)
    /// Stands in the document once, under this name.
    case named(String, Schema)

    /// The object for one value of the member that tells.
    struct Variant: Sendable {
        var value: String
        /// Beside the member that tells.
        var fields: [Field]
    }

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
        case .variants(let name, let variants): Self.fields(of: variants, by: name)
        case .named(_, let schema), .nullable(let schema): schema.fields
        case .text, .freeText, .choice, .time, .uuid, .integer, .amount, .flag, .anything, .map,
            .list:
            []
        }
    }

    /// All that any of them has; required is what each of them requires.
    private static func fields(of variants: [Variant], by name: String) -> [Field] {
        var all = [
            Field(
                name, .choice(variants.map(\.value)), "What the other members depend on.",
                example: variants.first.map { .string($0.value) })
        ]
        for var field in variants.flatMap(\.fields)
        where !all.contains(where: { $0.name == field.name }) {
            field.isRequired = variants.allSatisfy { variant in
                variant.fields.contains { $0.name == field.name && $0.isRequired }
            }
            all.append(field)
        }
        return all
    }

    /// One of them as a whole object.
    static func fields(of variant: Variant, by name: String) -> [Field] {
        [Field(name, .choice([variant.value]), "Which of the kinds this is.")] + variant.fields
    }
}
