public import Identifiers

/// What the file of changes says: keys that changed of late, with what they give now. HAProxy looks
/// them up there first, so that one change among a million keys is a small file.
///
/// Its last lines are no keys: the oldest version whose file of all keys it goes with, and its own.
/// HAProxy gives them back, and so tells which file it has read.
public struct VaultChanges: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        public let key: APIKeyHash
        /// Nil: the key is not to be known, whatever the file of all keys says.
        public let grant: VaultGrant?

        public init(key: APIKeyHash, grant: VaultGrant?) {
            (self.key, self.grant) = (key, grant)
        }

        var value: String { grant?.description ?? VaultChanges.gone }
    }

    /// The value of a key that is not to be known.
    static let gone = "-"
    static let baseName = "base"
    static let versionName = "version"

    /// By ascending hash.
    public let lines: [Line]
    /// Whatever differs between the file of all keys and that version is in `lines`.
    public let base: Int64
    public let version: Int64

    public init(lines: [Line], base: Int64, version: Int64) {
        (self.lines, self.base, self.version) = (lines, base, version)
    }

    /// The same changes, in front of an older file of all keys.
    public func before(base: Int64) -> VaultChanges {
        VaultChanges(lines: lines, base: base, version: version)
    }

    /// What HAProxy's map holds.
    var pairs: [(name: String, value: String)] {
        lines.map { ($0.key.description, $0.value) } + [
            (Self.baseName, String(base)), (Self.versionName, String(version)),
        ]
    }

    public var bytes: [UInt8] { pairs.flatMap { Array("\($0.name) \($0.value)\n".utf8) } }

    /// - Throws: ``VaultRefusal/lineMalformed(_:line:)`` for anything but what ``bytes`` gives.
    public init(parsing bytes: [UInt8]) throws(VaultRefusal) {
        let rows = bytes.split(separator: UInt8(ascii: "\n"))
        var lines: [Line] = []
        for (index, row) in rows.dropLast(2).enumerated() {
            guard let line = Self.line(row) else {
                throw .lineMalformed(VaultFiles.changes, line: index + 1)
            }
            lines.append(line)
        }
        let numbers = rows.suffix(2).compactMap { row in
            row.split(separator: UInt8(ascii: " ")).last.flatMap {
                Int64(String(decoding: $0, as: UTF8.self))
            }
        }
        guard numbers.count == 2 else {
            throw .lineMalformed(VaultFiles.changes, line: rows.count)
        }
        self.init(lines: lines, base: numbers[0], version: numbers[1])
        let isAscending = zip(lines, lines.dropFirst()).allSatisfy { $0.key < $1.key }
        guard isAscending, self.bytes == bytes else {
            throw .lineMalformed(VaultFiles.changes, line: rows.count)
        }
    }

    private static func line(_ row: ArraySlice<UInt8>) -> Line? {
        let text = String(decoding: row, as: UTF8.self)
        guard row.count > APIKeyHash.hexCount + 1,
            let key = APIKeyHash(hex: String(text.prefix(APIKeyHash.hexCount)))
        else { return nil }
        let value = text.dropFirst(APIKeyHash.hexCount + 1)
        if value == Self.gone { return Line(key: key, grant: nil) }
        return VaultGrant(value).map { Line(key: key, grant: $0) }
    }
}
