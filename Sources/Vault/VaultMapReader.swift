import Identifiers

/// Goes through the bytes of an `api_keys.map`, line by line, without holding them as values.
struct VaultMapReader {
    typealias Line = (key: APIKeyHash, grant: VaultGrant)

    private let bytes: [UInt8]
    private var position = 0
    private var line = 0
    private var last: APIKeyHash?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: nil at the end.
    /// - Throws: ``VaultRefusal/lineMalformed(_:line:)`` for anything that we do not write: a hash,
    ///   a space, a grant, a newline, by ascending hash.
    mutating func next() throws(VaultRefusal) -> Line? {
        guard position < bytes.count else { return nil }
        line += 1
        guard let end = bytes.index(of: UInt8(ascii: "\n"), from: position),
            let found = Self.parse(bytes[position..<end]), last.map({ $0 < found.key }) ?? true
        else { throw malformed }
        last = found.key
        position = end + 1
        return found
    }

    /// One line, without its newline.
    static func parse(_ line: ArraySlice<UInt8>) -> Line? {
        let space = line.startIndex + APIKeyHash.hexCount
        guard line.endIndex > space + 1, line[space] == UInt8(ascii: " ") else { return nil }
        let key = line[..<space].withUnsafeBufferPointer { APIKeyHash(hex: $0) }
        guard let key, let grant = VaultGrant(line[(space + 1)...]) else { return nil }
        return (key, grant)
    }

    private var malformed: VaultRefusal { .lineMalformed(VaultFiles.map, line: line) }
}
