public import Identifiers

/// What differs for HAProxy between one map and another.
public struct VaultDelta: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        public let key: APIKeyHash
        public let grant: VaultGrant

        init(_ line: (key: APIKeyHash, grant: VaultGrant)) { (key, grant) = line }
    }

    /// Keys that are no longer known.
    public private(set) var removed: [APIKeyHash] = []
    /// Keys that give something else than before.
    public private(set) var changed: [Line] = []
    public private(set) var added: [Line] = []

    public var isEmpty: Bool { removed.isEmpty && changed.isEmpty && added.isEmpty }

    /// - Parameters:
    ///   - old: bytes of an `api_keys.map`, or of what changes make of one; none where there is nothing.
    ///   - new: bytes of the later one.
    /// - Throws: ``VaultRefusal/lineMalformed(_:line:)``.
    public init(from old: [UInt8], to new: [UInt8]) throws(VaultRefusal) {
        var (oldReader, newReader) = (VaultMapReader(old), VaultMapReader(new))
        var (before, after) = (try oldReader.next(), try newReader.next())
        while before != nil || after != nil {
            switch (before, after) {
            case (let left?, let right?) where left.key == right.key:
                if left.grant != right.grant { changed.append(Line(right)) }
                (before, after) = (try oldReader.next(), try newReader.next())
            case (let left?, let right?) where left.key < right.key:
                removed.append(left.key)
                before = try oldReader.next()
            case (let left?, nil):
                removed.append(left.key)
                before = try oldReader.next()
            case (_, let right?):
                added.append(Line(right))
                after = try newReader.next()
            case (nil, nil): return
            }
        }
    }
}
