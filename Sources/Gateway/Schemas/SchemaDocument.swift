import ByteCodecs

extension Schema {
    /// A UUID as we write it; version 7 in section 5.7 of RFC 9562.
    static let uuidPattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    /// From 1970 on, as ``Timestamp`` reads it.
    static let timePattern =
        #"^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"#

    /// The schema in the dialect of OpenAPI 3.1, which is JSON Schema 2020-12.
    var document: JSONValue {
        switch self {
        case .text(let shape): Self.document(of: shape)
        case .freeText: ["type": "string"]
        case .choice(let values): ["type": "string", "enum": .array(values.map { .string($0) })]
        case .time: ["type": "string", "format": "date-time", "pattern": .string(Self.timePattern)]
        case .uuid: ["type": "string", "format": "uuid", "pattern": .string(Self.uuidPattern)]
        case .integer(let range):
            [
                "type": "integer", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .amount(let shape): ["type": "string", "pattern": .string(shape.pattern)]
        case .flag: ["type": "boolean"]
        case .anything: [:]
        case .object(let fields): Self.document(of: fields)
        case .variants(let name, let variants):
            [
                "oneOf": .array(
                    variants.map { Self.document(of: Self.fields(of: $0, by: name)) })
            ]
        case .map(let schema): ["type": "object", "additionalProperties": schema.document]
        case .list(let schema, let most):
            ["type": "array", "items": schema.document, "maxItems": .integer(Int64(most))]
        case .nullable(let schema): ["anyOf": [schema.document, ["type": "null"]]]
        case .named(let name, _): ["$ref": .string("#/components/schemas/\(name)")]
        }
    }

    /// Every schema with a name in here, itself included.
    var namedSchemas: [(name: String, schema: Schema)] {
        switch self {
        case .named(let name, let schema): [(name, schema)] + schema.namedSchemas
        case .object(let fields): fields.flatMap(\.schema.namedSchemas)
        case .variants(_, let variants):
            variants.flatMap(\.fields).flatMap(\.schema.namedSchemas)
        case .map(let schema), .list(let schema, _), .nullable(let schema): schema.namedSchemas
        case .text, .freeText, .choice, .time, .uuid, .integer, .amount, .flag, .anything: []
        }
    }

    private static func document(of shape: TextShape) -> JSONValue {
        guard shape.documentedValues.isEmpty else {
            return [
                "type": "string", "enum": .array(shape.documentedValues.map { .string($0) }),
            ]
        }
        return [
            "type": "string", "minLength": .integer(Int64(shape.minimumLength)),
            "maxLength": .integer(Int64(shape.maximumLength)), "pattern": .string(shape.pattern),
        ]
    }

    private static func document(of fields: [Field]) -> JSONValue {
        var properties = JSONObject()
        for field in fields {
            guard case .object(var property) = field.schema.document else { continue }
            property["description"] = .string(field.summary)
            if let example = field.example { property["examples"] = [example] }
            properties[field.name] = .object(property)
        }
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        return [
            "type": "object", "properties": .object(properties), "required": .array(required),
            "additionalProperties": false,
        ]
    }
}
