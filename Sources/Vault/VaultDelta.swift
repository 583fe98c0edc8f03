public import Identifiers

/// What differs for HAProxy between one vault and another.
public struct VaultDelta: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        public let key: APIKeyHash
        public let grant: VaultGrant

        init(_ line: VaultMapReader.Line) { (key, grant) = line }
    }

    /// Keys that are no longer known.
    public private(set) var removed: [APIKeyHash] = []
    /// Keys that give something else than before.
    public private(set) var changed: [Line] = []
    public private(set) var added: [Line] = []

    public var isEmpty: Bool { removed.isEmpty && changed.isEmpty && added.isEmpty }

    /// - Throws: ``VaultRefusal/lineMalformed(_:line:)``.
    public init(from old: VaultSet, to new: VaultSet) throws(VaultRefusal) {
        try self.init(
            from: VaultMergedReader(old.map, old.changes.lines),
            to: VaultMergedReader(new.map, new.changes.lines))
    }

    /// - Parameters:
    ///   - old: bytes of an `api_keys.map`, or of what changes make of one; none where there is nothing.
    ///   - new: bytes of the later one.
    /// - Throws: ``VaultRefusal/lineMalformed(_:line:)``.
    init(from old: [UInt8], to new: [UInt8]) throws(VaultRefusal) {
        try self.init(from: VaultMergedReader(old), to: VaultMergedReader(new))
    }

    private init(
        from old: VaultMergedReader, to new: VaultMergedReader
    ) throws(VaultRefusal) {
        var (old, new) = (old, new)
        var (before, after) = (try old.read(), try new.read())
        while before != nil || after != nil {
            switch (before, after) {
            case (let left?, let right?) where left.key == right.key:
                if left.grant != right.grant { changed.append(Line(right)) }
                (before, after) = (try old.read(), try new.read())
            case (let left?, let right?) where left.key < right.key:
                removed.append(left.key)
                before = try old.read()
            case (let left?, nil):
                removed.append(left.key)
                before = try old.read()
            case (_, let right?):
                added.append(Line(right))
                after = try new.read()
            case (nil, nil): return
            }
        }
    }
}
