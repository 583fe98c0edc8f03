import ByteCodecs
import Determinism

/// The members of a JSON object that a node sent, by name and type. Members that nobody asks for
/// are left alone: nodes grow new ones.
public struct AnswerObject: Sendable {
    private let object: JSONObject

    init(_ value: JSONValue?, _ name: String) throws(NodeAnswerFault) {
        guard case .object(let object)? = value else { throw .unusable("\(name) is no object") }
        self.object = object
    }

    /// A value as it is; nil where it is absent or null.
    subscript(name: String) -> JSONValue? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    func object(_ name: String) throws(NodeAnswerFault) -> AnswerObject {
        try AnswerObject(self[name], name)
    }

    /// Nil where it is absent or null.
    func optionalObject(_ name: String) throws(NodeAnswerFault) -> AnswerObject? {
        guard let value = self[name] else { return nil }
        return try AnswerObject(value, name)
    }

    func list(_ name: String) throws(NodeAnswerFault) -> [JSONValue] {
        guard case .array(let elements)? = self[name] else { throw .unusable("\(name) is no list") }
        return elements
    }

    func objects(_ name: String) throws(NodeAnswerFault) -> [AnswerObject] {
        var objects: [AnswerObject] = []
        for element in try list(name) { objects.append(try AnswerObject(element, name)) }
        return objects
    }

    func string(_ name: String) throws(NodeAnswerFault) -> String {
        guard case .string(let text)? = self[name] else { throw .unusable("\(name) is no text") }
        return text
    }

    func optionalString(_ name: String) throws(NodeAnswerFault) -> String? {
        self[name] == nil ? nil : try string(name)
    }

    func bool(_ name: String) throws(NodeAnswerFault) -> Bool {
        guard case .bool(let value)? = self[name] else {
            throw .unusable("\(name) is no yes or no")
        }
        return value
    }

    /// A whole number, or a text of one in decimal: nodes have both.
    func number(_ name: String) throws(NodeAnswerFault) -> UInt64 {
        switch self[name] {
        case .integer(let value)? where value >= 0: return UInt64(value)
        case .string(let text)?:
            guard let value = UInt64(text), String(value) == text else { break }
            return value
        default: break
        }
        throw .unusable("\(name) is no number")
    }

    func optionalNumber(_ name: String) throws(NodeAnswerFault) -> UInt64? {
        self[name] == nil ? nil : try number(name)
    }

    /// A checkpoint's number.
    func sequence(_ name: String) throws(NodeAnswerFault) -> Int64 {
        guard let sequence = Int64(exactly: try number(name)), sequence < .max else {
            throw .unusable("\(name) is too large")
        }
        return sequence
    }
}

/// Values of Sui.
extension AnswerObject {
    /// Epochs of a second would take a century to get there: whoever computes with one cannot
    /// overflow.
    private static let lastEpoch = UInt64(UInt32.max)

    func epoch(_ name: String) throws(NodeAnswerFault) -> UInt64 {
        let number = try number(name)
        guard number <= Self.lastEpoch else { throw .unusable("\(name) is no epoch") }
        return number
    }

    func optionalEpoch(_ name: String) throws(NodeAnswerFault) -> UInt64? {
        self[name] == nil ? nil : try epoch(name)
    }

    func digest<Subject>(_ name: String) throws(NodeAnswerFault) -> SuiDigest<Subject> {
        let text = try string(name)
        do throws(DigestTextError) {
            return try SuiDigest(parsing: text)
        } catch {
            throw .unusable("\(name) is no digest")
        }
    }

    func address(_ name: String) throws(NodeAnswerFault) -> SuiAddress {
        let text = try string(name)
        do throws(SuiAddressError) {
            return try SuiAddress(parsing: text)
        } catch {
            throw .unusable("\(name) is no address")
        }
    }

    func bytes(_ name: String) throws(NodeAnswerFault) -> [UInt8] {
        let text = try string(name)
        do throws(Base64Error) {
            return try Base64.decode(text)
        } catch {
            throw .unusable("\(name) is no Base64")
        }
    }

    func type(_ name: String) throws(NodeAnswerFault) -> StructTag {
        let text = try string(name)
        do throws(TypeTextError) {
            return try StructTag(parsing: text)
        } catch {
            throw .unusable("\(name) is no type")
        }
    }

    /// Milliseconds since the Unix epoch, JSON-RPC's form.
    func milliseconds(_ name: String) throws(NodeAnswerFault) -> Timestamp {
        guard let value = Int64(exactly: try number(name)) else {
            throw .unusable("\(name) is no time")
        }
        return Timestamp(milliseconds: value)
    }

    /// GraphQL's form.
    func dateTime(_ name: String) throws(NodeAnswerFault) -> Timestamp {
        guard let time = Timestamp(rfc3339: try string(name)) else {
            throw .unusable("\(name) is no time")
        }
        return time
    }
}
