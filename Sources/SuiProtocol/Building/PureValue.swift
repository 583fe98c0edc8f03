public import ByteCodecs

/// A value given to a command as bytes, made from its type, so that no wrong width can be sent.
public struct PureValue: Hashable, Sendable {
    /// The value's BCS.
    public let bytes: [UInt8]

    private init(_ write: (inout BCSWriter) -> Void) {
        var writer = BCSWriter()
        write(&writer)
        bytes = writer.bytes
    }

    public static func bool(_ value: Bool) -> Self { Self { $0.bool(value) } }
    public static func u8(_ value: UInt8) -> Self { Self { $0.byte(value) } }
    public static func u16(_ value: UInt16) -> Self { Self { $0.u16(value) } }
    public static func u32(_ value: UInt32) -> Self { Self { $0.u32(value) } }
    public static func u64(_ value: UInt64) -> Self { Self { $0.u64(value) } }
    public static func u128(_ value: UInt128) -> Self { Self { $0.u128(value) } }
    public static func u256(_ value: UInt256) -> Self { Self { $0.u256(value) } }
    public static func address(_ value: SuiAddress) -> Self { Self { $0.value(value) } }

    /// `vector<u8>`.
    public static func bytes(_ value: [UInt8]) -> Self { Self { $0.byteVector(value) } }

    /// `0x1::string::String` and `0x1::ascii::String`.
    public static func string(_ value: String) -> Self { Self { $0.string(value) } }

    /// The elements are of one type, as the caller knows.
    public static func vector(_ elements: [PureValue]) -> Self {
        Self { $0.vector(elements) { $0.raw($1.bytes) } }
    }

    /// `0x1::option::Option`.
    public static func option(_ value: PureValue?) -> Self {
        Self { $0.option(value) { $0.raw($1.bytes) } }
    }
}
