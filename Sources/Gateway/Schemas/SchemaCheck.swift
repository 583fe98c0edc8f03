import ByteCodecs
import Identifiers

/// What is wrong with a value, and at which member: `displayName`, `lines.0.amount`, or nothing
/// for the value as a whole.
struct SchemaViolation: Error, Equatable {
    enum Fault: Equatable {
        case missing
        case unknownMember
        case wrongType(expected: String)
        case wrongShape(expected: String)
        /// No amount of money, whatever type it has.
        case notAnAmount(expected: String)
    }

    var member: String
    var fault: Fault
}

extension Schema {
    /// - Throws: the first violation, in the order of the schema; unknown members come last.
    func check(_ value: JSONValue, at member: String = "") throws(SchemaViolation) {
        switch (self, value) {
        case (.named(_, let schema), _): try schema.check(value, at: member)
        case (.nullable, .null), (.anything, _): return
        case (.nullable(let schema), _): try schema.check(value, at: member)
        case (.object(let fields), .object(let object)):
            try Self.check(object, against: fields, at: member)
        case (.variants(let name, let variants), .object(let object)):
            let told = Schema.choice(variants.map(\.value))
            try Self.check(
                object[name].map { [name: $0] } ?? [:],
                against: [Field(name, told, "")], at: member)
            for variant in variants where object[name] == .string(variant.value) {
                try Self.check(object, against: Self.fields(of: variant, by: name), at: member)
            }
        case (.map(let schema), .object(let object)):
            for each in object.members {
                try schema.check(each.value, at: Self.path(member, each.name))
            }
        case (.list(let schema, let most), .array(let elements)):
            guard elements.count <= most else {
                throw SchemaViolation(
                    member: member, fault: .wrongShape(expected: "at most \(most) elements"))
            }
            for (index, element) in elements.enumerated() {
                try schema.check(element, at: Self.path(member, String(index)))
            }
        case (.amount(let shape), _): try Self.check(amount: value, shape, at: member)
        default: try checkScalar(value, at: member)
        }
    }

    private func checkScalar(_ value: JSONValue, at member: String) throws(SchemaViolation) {
        let fits =
            switch (self, value) {
            case (.text(let shape), .string(let text)): shape.accepts(text)
            case (.choice(let values), .string(let text)): values.contains(text)
            case (.uuid, .string(let text)): UUIDv7(text) != nil
            case (.integer(let range), .integer(let number)): range.contains(number)
            case (.flag, .bool), (.freeText, .string), (.time, .string): true
            default:
                throw SchemaViolation(member: member, fault: .wrongType(expected: typeName))
            }
        guard fits else {
            throw SchemaViolation(member: member, fault: .wrongShape(expected: expectation))
        }
    }

    private static func check(
        _ object: JSONObject, against fields: [Field], at member: String
    ) throws(SchemaViolation) {
        for field in fields {
            if let value = object[field.name] {
                try field.schema.check(value, at: path(member, field.name))
            } else if field.isRequired {
                throw SchemaViolation(member: path(member, field.name), fault: .missing)
            }
        }
        for each in object.members where !fields.contains(where: { $0.name == each.name }) {
            throw SchemaViolation(member: path(member, each.name), fault: .unknownMember)
        }
    }

    private static func check(
        amount value: JSONValue, _ shape: AmountShape, at member: String
    ) throws(SchemaViolation) {
        let refusal: AmountError
        do throws(AmountError) {
            guard case .string(let text) = value else { throw .notDigits }
            _ = try shape.read(text)
            return
        } catch {
            refusal = error
        }
        throw SchemaViolation(
            member: member, fault: .notAnAmount(expected: refusal.expectation))
    }

    private static func path(_ parent: String, _ name: String) -> String {
        parent.isEmpty ? name : "\(parent).\(name)"
    }

    /// In words, for whoever wrote the request.
    var typeName: String {
        switch self {
        case .text, .freeText, .choice, .time, .uuid, .amount: "a string"
        case .integer: "an integer"
        case .flag: "true or false"
        case .object, .variants, .map: "an object"
        case .list: "an array"
        case .anything: "any value"
        case .nullable(let schema): "\(schema.typeName) or null"
        case .named(_, let schema): schema.typeName
        }
    }

    private var expectation: String {
        switch self {
        case .text(let shape): "text matching \(shape.pattern)"
        case .choice(let values): "one of \(values.joined(separator: ", "))"
        case .uuid: "a UUIDv7 in lower case"
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .freeText, .time, .amount, .flag, .anything, .object, .variants, .map, .list,
            .nullable, .named:
            typeName
        }
    }
}
