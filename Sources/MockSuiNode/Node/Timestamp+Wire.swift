import ByteCodecs
import Determinism

extension Int64 {
    /// Milliseconds as GraphQL's `DateTime`.
    var dateTime: JSONValue { .string(Timestamp(milliseconds: self).rfc3339) }
    /// Milliseconds as JSON-RPC has them.
    var text: JSONValue { .string("\(self)") }
}

extension UInt64 {
    var text: JSONValue { .string("\(self)") }
    /// A number where it fits one, as GraphQL's `UInt53`.
    var number: JSONValue { .integer(Int64(clamping: self)) }
}

extension Int {
    var number: JSONValue { .integer(Int64(self)) }
    var text: JSONValue { .string("\(self)") }
}

extension JSONValue {
    subscript(name: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A whole number, or a text of one.
    var unsigned: UInt64? {
        switch self {
        case .integer(let value): UInt64(exactly: value)
        case .string(let text): UInt64(text)
        default: nil
        }
    }

    var boolean: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    var isNull: Bool { self == .null }
}
