/// Header fields in the order in which they came; names compare without regard to ASCII case.
///
/// All names and values stand in one buffer, and only what is asked for becomes a `String`: most
/// requests carry a dozen fields of which two are looked at.
public struct HTTPHeaders: Sendable {
    struct Field {
        var nameStart: Int
        var valueStart: Int
        var end: Int
    }

    private(set) var bytes: [UInt8] = []
    private(set) var fields: [Field] = []

    public init() {}

    public init(_ pairs: [(String, String)]) {
        for (name, value) in pairs {
            append(name: name.utf8, value: value.utf8)
        }
    }

    public var count: Int { fields.count }

    /// Every field as text; bytes that are not UTF-8 show as U+FFFD.
    public var pairs: [(name: String, value: String)] {
        fields.map { (text($0.nameStart..<$0.valueStart), text($0.valueStart..<$0.end)) }
    }

    /// The value of the first field of that name.
    public func first(_ name: String) -> String? {
        fields.first { matches($0, name) }.map { text($0.valueStart..<$0.end) }
    }

    /// The values of all fields of that name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { matches($0, name) }.map { text($0.valueStart..<$0.end) }
    }

    public func contains(_ name: String) -> Bool {
        fields.contains { matches($0, name) }
    }

    public subscript(name: String) -> String? { first(name) }

    mutating func reserve(fields fieldCount: Int, bytes byteCount: Int) {
        fields.reserveCapacity(fieldCount)
        bytes.reserveCapacity(byteCount)
    }

    /// Spaces and tabs around the value are no part of it (RFC 9110 section 5.5).
    mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        var start = 0
        var end = value.count
        while start < end, Self.isBlank(value[start]) { start += 1 }
        while start < end, Self.isBlank(value[end - 1]) { end -= 1 }
        let nameStart = bytes.count
        bytes.append(contentsOf: name)
        let valueStart = bytes.count
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: value[start..<end]))
        fields.append(Field(nameStart: nameStart, valueStart: valueStart, end: bytes.count))
    }

    mutating func append(name: some Collection<UInt8>, value: some Collection<UInt8>) {
        Array(name).withUnsafeBytes { name in
            Array(value).withUnsafeBytes { append(name: name, value: $0) }
        }
    }

    func valueBytes(_ field: Field) -> ArraySlice<UInt8> { bytes[field.valueStart..<field.end] }

    func matches(_ field: Field, _ name: String) -> Bool {
        ASCII.equalIgnoringCase(bytes, field.nameStart..<field.valueStart, name)
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
