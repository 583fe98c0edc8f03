/// Takes the members of an object one by one, and refuses those that nobody asked for.
///
/// An optional member that is null counts as absent; ``contains(_:)`` tells the two apart.
public struct JSONObjectReader {
    private let object: JSONObject
    private let path: String
    private var isTaken: [Bool]

    /// - Parameter path: where the object stands, for errors; empty for the outermost.
    public init(_ value: JSONValue, path: String = "") throws(JSONFieldError) {
        guard case .object(let object) = value else {
            throw path.isEmpty ? .notAnObject : .wrongType(path, expected: "an object")
        }
        self.object = object
        self.path = path
        isTaken = Array(repeating: false, count: object.count)
    }

    /// - Throws: ``JSONFieldError/unknown(_:)`` with the first member that was not taken.
    public func finish() throws(JSONFieldError) {
        guard let index = isTaken.firstIndex(of: false) else { return }
        throw .unknown(qualified(object.members[index].name))
    }

    /// Whether the member is there, be it null; does not take it.
    public func contains(_ name: String) -> Bool {
        object.index(of: name) != nil
    }

    /// Takes a member as it is, null included; nil when absent.
    public mutating func value(_ name: String) -> JSONValue? {
        guard let index = object.index(of: name) else { return nil }
        isTaken[index] = true
        return object.members[index].value
    }

    public mutating func string(_ name: String) throws(JSONFieldError) -> String {
        try required(name, optionalString(name))
    }

    public mutating func optionalString(_ name: String) throws(JSONFieldError) -> String? {
        try take(name, "a string") { if case .string(let value) = $0 { value } else { nil } }
    }

    /// A whole number from −2⁶³ to 2⁶³ − 1, written without fraction and exponent.
    public mutating func integer(_ name: String) throws(JSONFieldError) -> Int64 {
        try required(name, optionalInteger(name))
    }

    public mutating func optionalInteger(_ name: String) throws(JSONFieldError) -> Int64? {
        try take(name, "a whole number") {
            if case .integer(let value) = $0 { value } else { nil }
        }
    }

    public mutating func bool(_ name: String) throws(JSONFieldError) -> Bool {
        try required(name, optionalBool(name))
    }

    public mutating func optionalBool(_ name: String) throws(JSONFieldError) -> Bool? {
        try take(name, "true or false") { if case .bool(let value) = $0 { value } else { nil } }
    }

    public mutating func array(_ name: String) throws(JSONFieldError) -> [JSONValue] {
        try required(name, optionalArray(name))
    }

    public mutating func optionalArray(_ name: String) throws(JSONFieldError) -> [JSONValue]? {
        try take(name, "an array") { if case .array(let value) = $0 { value } else { nil } }
    }

    /// A reader of the object inside; it has its own ``finish()``.
    public mutating func object(_ name: String) throws(JSONFieldError) -> JSONObjectReader {
        try required(name, optionalObject(name))
    }

    public mutating func optionalObject(
        _ name: String
    ) throws(JSONFieldError) -> JSONObjectReader? {
        guard let value = value(name), value != .null else { return nil }
        return try JSONObjectReader(value, path: qualified(name))
    }

    private mutating func take<Value>(
        _ name: String, _ expected: String, as convert: (JSONValue) -> Value?
    ) throws(JSONFieldError) -> Value? {
        guard let value = value(name), value != .null else { return nil }
        guard let converted = convert(value) else {
            throw .wrongType(qualified(name), expected: expected)
        }
        return converted
    }

    private func required<Value>(_ name: String, _ value: Value?) throws(JSONFieldError) -> Value {
        guard let value else {
            throw contains(name)
                ? .wrongType(qualified(name), expected: "present and not null")
                : .missing(qualified(name))
        }
        return value
    }

    private func qualified(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}
