/// Reads one JSON text by recursive descent, on bytes. The depth limit bounds the stack.
struct JSONParser {
    private let input: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    private var valuesLeft: Int

    /// The parser must not outlive `input`.
    init(_ input: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.input = input
        self.limits = limits
        valuesLeft = limits.values
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        let value = try value()
        skipWhiteSpace()
        guard position == input.count else { throw JSONError(.trailingBytes, at: position) }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        guard valuesLeft > 0 else { throw JSONError(.tooManyValues, at: position) }
        valuesLeft -= 1
        switch try peek() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try descend()
        var members: [JSONObject.Member] = []
        var names = JSONNames()
        while try !closes(with: UInt8(ascii: "}"), isFirst: members.isEmpty) {
            let start = position
            guard try peek() == UInt8(ascii: "\"") else {
                throw JSONError(.unexpectedByte, at: position)
            }
            let name = try string()
            guard names.add(name, to: members) else { throw JSONError(.duplicateName, at: start) }
            skipWhiteSpace()
            guard try peek() == UInt8(ascii: ":") else {
                throw JSONError(.unexpectedByte, at: position)
            }
            position += 1
            skipWhiteSpace()
            members.append(JSONObject.Member(name: name, value: try value()))
        }
        depth -= 1
        return JSONObject(unique: members)
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        var elements: [JSONValue] = []
        while try !closes(with: UInt8(ascii: "]"), isFirst: elements.isEmpty) {
            elements.append(try value())
        }
        depth -= 1
        return elements
    }

    private mutating func descend() throws(JSONError) {
        guard depth < limits.depth else { throw JSONError(.tooDeep, at: position) }
        depth += 1
        position += 1
    }

    /// Steps over the closing byte and answers true, or over the comma to the next element.
    private mutating func closes(
        with closing: UInt8, isFirst: Bool
    ) throws(JSONError) -> Bool {
        skipWhiteSpace()
        let byte = try peek()
        if byte == closing {
            position += 1
            return true
        }
        guard !isFirst else { return false }
        guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        skipWhiteSpace()
        return false
    }

    private mutating func string() throws(JSONError) -> String {
        try JSONString.read(from: input, at: &position)
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        guard let (end, isWhole) = JSONNumber.extent(in: input, from: start) else {
            throw JSONError(.invalidNumber, at: start)
        }
        position = end
        let text = String(decoding: input[start..<end], as: UTF8.self)
        guard isWhole, text != "-0", let integer = Int64(text) else { return .decimal(text) }
        return .integer(integer)
    }

    private mutating func word(
        _ text: StaticString, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[offset] else {
                throw JSONError(.unexpectedByte, at: position)
            }
            position += 1
        }
        return value
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
        return input[position]
    }

    private mutating func skipWhiteSpace() {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
