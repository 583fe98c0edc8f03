import ByteCodecs
import SuiProtocol

/// The arguments of one field, with variables put in.
struct GraphQLArguments {
    let values: JSONObject

    init(_ field: GraphQLField, _ variables: JSONObject) {
        values = JSONObject(
            field.arguments.compactMap { argument in
                argument.value.resolved(variables).map { (argument.name, $0) }
            })
    }

    init(_ values: JSONObject) {
        self.values = values
    }

    /// Nil where it is absent or null.
    subscript(name: String) -> JSONValue? {
        guard let value = values[name], !value.isNull else { return nil }
        return value
    }

    func string(_ name: String) throws(GraphQLError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else { throw .input("\(name) is no string") }
        return text
    }

    func needed<Value>(
        _ name: String, _ value: Value?
    ) throws(GraphQLError) -> Value {
        guard let value else { throw .input("\(name) is missing") }
        return value
    }

    /// A whole number up to 2⁵³.
    func integer(_ name: String) throws(GraphQLError) -> Int? {
        guard let value = self[name] else { return nil }
        guard case .integer(let number) = value, (0...(1 << 53)).contains(number) else {
            throw .input("\(name) is no UInt53")
        }
        return Int(number)
    }

    func address(_ name: String) throws(GraphQLError) -> SuiAddress? {
        guard let text = try string(name) else { return nil }
        guard let address = try? SuiAddress(parsing: text) else {
            throw .input("\(name) is no SuiAddress")
        }
        return address
    }

    func bytes(_ name: String) throws(GraphQLError) -> [UInt8]? {
        guard let text = try string(name) else { return nil }
        guard let bytes = try? Base64.decode(text) else { throw .input("\(name) is no Base64") }
        return bytes
    }

    func digest(_ name: String) throws(GraphQLError) -> TransactionDigest? {
        guard let text = try string(name) else { return nil }
        guard let digest = try? TransactionDigest(parsing: text) else {
            throw .input("\(name) is no digest")
        }
        return digest
    }

    func coinType(_ name: String) throws(GraphQLError) -> TypeTag {
        guard let type = try? TypeTag(parsing: needed(name, try string(name))) else {
            throw .input("\(name) is no type")
        }
        return type
    }

    func list(_ name: String) throws(GraphQLError) -> [JSONValue] {
        guard let elements = try needed(name, self[name]).elements else {
            throw .input("\(name) is no list")
        }
        guard elements.count <= 200 else { throw .input("more than 200 \(name)") }
        return elements
    }

    /// Refuses members of an input object beside those named.
    func only(_ names: Set<String>) throws(GraphQLError) {
        for member in values.members where !names.contains(member.name) {
            throw .input("unknown member \(member.name)")
        }
    }

    func object(_ name: String) throws(GraphQLError) -> GraphQLArguments? {
        guard let value = self[name] else { return nil }
        guard case .object(let object) = value else { throw .input("\(name) is no object") }
        return GraphQLArguments(object)
    }
}
