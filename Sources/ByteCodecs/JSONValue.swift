/// A JSON value (RFC 8259) that loses nothing: numbers that are no 64-bit integer keep their text.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent, from −2⁶³ to 2⁶³ − 1.
    case integer(Int64)
    /// Any other number, as it was written. A text that is no JSON number is written as a string.
    case decimal(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Reads one JSON text, which must take up all of `bytes`.
    ///
    /// Refused beyond what RFC 8259 demands: a member named twice, bytes that are not UTF-8,
    /// escaped halves of surrogate pairs, a byte order mark, and whatever is above the limits.
    /// `\u0000` is taken; PostgreSQL's `text` does not hold it.
    public static func parse(
        _ bytes: some Collection<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        let read = { (input: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> in
            var parser = JSONParser(input, limits: limits)
            return Result { () throws(JSONError) in try parser.document() }
        }
        if let result = bytes.withContiguousStorageIfAvailable(read) { return try result.get() }
        return try Array(bytes).withUnsafeBufferPointer(read).get()
    }

    /// The compact form: no white space, members in their order, only the escapes needed.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) {
        self = .null
    }

    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    public init(stringLiteral value: String) {
        self = .string(value)
    }

    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements))
    }
}
