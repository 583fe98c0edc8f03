import ByteCodecs
import SuiProtocol

/// The positional parameters of a call; those left out at the end are null.
struct JSONRPCParameters {
    let values: [JSONValue]

    subscript(index: Int) -> JSONValue {
        index < values.count ? values[index] : .null
    }

    func string(_ index: Int, _ name: String) throws(JSONRPCError) -> String {
        guard let text = self[index].string else { throw .parameters(name) }
        return text
    }

    func strings(_ index: Int, _ name: String, limit: Int = 50) throws(JSONRPCError) -> [String] {
        guard let elements = self[index].elements else { throw .parameters(name) }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count, texts.count <= limit else { throw .parameters(name) }
        return texts
    }

    func address(_ index: Int, _ name: String) throws(JSONRPCError) -> SuiAddress {
        guard let address = try? SuiAddress(parsing: string(index, name)) else {
            throw .parameters(name)
        }
        return address
    }

    func digest(_ index: Int, _ name: String) throws(JSONRPCError) -> TransactionDigest {
        guard let digest = try? TransactionDigest(parsing: string(index, name)) else {
            throw .parameters(name)
        }
        return digest
    }

    /// SUI where it is null.
    func coinType(_ index: Int) throws(JSONRPCError) -> TypeTag {
        guard !self[index].isNull else { return .sui }
        guard let type = try? TypeTag(parsing: string(index, "coin_type")) else {
            throw .parameters("coin_type")
        }
        return type
    }

    func limit(_ index: Int, most: Int = 50) throws(JSONRPCError) -> Int {
        guard !self[index].isNull else { return most }
        guard let limit = self[index].unsigned, limit > 0 else { throw .parameters("limit") }
        return min(most, Int(clamping: limit))
    }

    func options(_ index: Int) -> JSONRPCOptions {
        JSONRPCOptions(value: self[index])
    }
}

/// What is to be shown; nothing else is.
struct JSONRPCOptions {
    let value: JSONValue

    func has(_ name: String) -> Bool {
        value[name] == .bool(true)
    }
}
