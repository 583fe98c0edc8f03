import ByteCodecs

/// Reads the BCS inside a signature, in the words of ``SuiSignatureError``.
struct SignatureReader {
    private let bytes: [UInt8]
    private var reader: BCSReader

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        reader = BCSReader(self.bytes)
    }

    /// What is not read yet.
    var rest: ArraySlice<UInt8> { bytes.suffix(reader.remaining) }

    mutating func byte() throws(SuiSignatureError) -> UInt8 {
        try read { reader throws(BCSError) in try reader.byte() }
    }

    mutating func u16() throws(SuiSignatureError) -> UInt16 {
        try read { reader throws(BCSError) in try reader.u16() }
    }

    mutating func u64() throws(SuiSignatureError) -> UInt64 {
        try read { reader throws(BCSError) in try reader.u64() }
    }

    /// An enumeration's index, or the number of elements that follow.
    mutating func uleb128() throws(SuiSignatureError) -> Int {
        Int(try read { reader throws(BCSError) in try reader.uleb128() })
    }

    mutating func bytes(count: Int) throws(SuiSignatureError) -> [UInt8] {
        try read { reader throws(BCSError) in try reader.bytes(count: count) }
    }

    mutating func byteVector() throws(SuiSignatureError) -> [UInt8] {
        try read { reader throws(BCSError) in try reader.byteVector() }
    }

    mutating func string() throws(SuiSignatureError) -> String {
        try read { reader throws(BCSError) in try reader.string() }
    }

    mutating func finish() throws(SuiSignatureError) {
        try read { reader throws(BCSError) in try reader.finish() }
    }

    private mutating func read<Value>(
        _ body: (inout BCSReader) throws(BCSError) -> Value
    ) throws(SuiSignatureError) -> Value {
        do throws(BCSError) {
            return try body(&reader)
        } catch {
            switch error {
            case .ulebNotCanonical, .ulebTooLarge: throw .ulebNotCanonical
            case .trailingBytes: throw .trailingBytes
            case .endOfInput, .lengthExceedsInput, .invalidBool, .invalidUTF8: throw .bcsInvalid
            }
        }
    }
}
