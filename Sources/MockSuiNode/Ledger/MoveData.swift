import ByteCodecs
import SuiProtocol

/// A value of Move, as far as events and objects here are made of them: one description for the
/// bytes and for both JSON forms.
enum MoveData: Sendable, Equatable {
    case u8(UInt8)
    case u64(UInt64)
    /// An address or an `ID`, which look alike everywhere.
    case address(SuiAddress)
    case bytes([UInt8])
    /// The `UID` at the head of an object.
    case uid(ObjectID)
    case text(String)

    typealias Fields = [(name: String, value: MoveData)]

    static func bcs(of fields: Fields) -> [UInt8] {
        var writer = BCSWriter()
        for field in fields { field.value.write(to: &writer) }
        return writer.bytes
    }

    private func write(to writer: inout BCSWriter) {
        switch self {
        case .u8(let value): writer.byte(value)
        case .u64(let value): writer.u64(value)
        case .address(let value), .uid(let value): writer.value(value)
        case .bytes(let value): writer.byteVector(value)
        case .text(let value): writer.string(value)
        }
    }

    /// GraphQL's form: byte vectors are Base64, a `UID` is its address.
    static func graphQL(_ fields: Fields) -> JSONValue {
        .object(
            JSONObject(
                fields.map { field in
                    switch field.value {
                    case .u8(let value): (field.name, .integer(Int64(value)))
                    case .u64(let value): (field.name, .string("\(value)"))
                    case .address(let value), .uid(let value): (field.name, "\(value)")
                    case .bytes(let value): (field.name, .string(Base64.encode(value)))
                    case .text(let value): (field.name, .string(value))
                    }
                }))
    }

    /// JSON-RPC's form: byte vectors are arrays of numbers, a `UID` is an object with an id.
    static func jsonRPC(_ fields: Fields) -> JSONValue {
        .object(
            JSONObject(
                fields.map { field in
                    switch field.value {
                    case .u8(let value): (field.name, .integer(Int64(value)))
                    case .u64(let value): (field.name, .string("\(value)"))
                    case .address(let value): (field.name, "\(value)")
                    case .uid(let value): (field.name, ["id": "\(value)"])
                    case .bytes(let value):
                        (field.name, .array(value.map { .integer(Int64($0)) }))
                    case .text(let value): (field.name, .string(value))
                    }
                }))
    }
}
