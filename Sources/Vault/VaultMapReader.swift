import Identifiers

/// Goes through the bytes of an `api_keys.map`, line by line, without holding them as values.
struct VaultMapReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 0
    private var last: [UInt8] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: nil at the end.
    /// - Throws: ``VaultRefusal/lineMalformed(_:line:)`` for anything that we do not write: a hash,
    ///   a space, a grant, a newline, by ascending hash.
    mutating func next() throws(VaultRefusal) -> (key: APIKeyHash, grant: VaultGrant)? {
        guard position < bytes.count else { return nil }
        line += 1
        let valueStart = position + APIKeyHash.hexCount + 1
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")), end > valueStart,
            bytes[valueStart - 1] == UInt8(ascii: " ")
        else { throw malformed }
        let digits = Array(bytes[position..<valueStart - 1])
        guard let key = digits.withUnsafeBufferPointer({ APIKeyHash(hex: $0) }),
            last.lexicographicallyPrecedes(digits)
        else { throw malformed }
        let text = String(decoding: bytes[valueStart..<end], as: UTF8.self)
        guard let grant = VaultGrant(text) else { throw malformed }
        last = digits
        position = end + 1
        return (key, grant)
    }

    private var malformed: VaultRefusal { .lineMalformed(VaultFiles.map, line: line) }
}
