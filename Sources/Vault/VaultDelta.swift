public import Identifiers

/// What has to change in a running HAProxy, from one map to another.
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
    ///   - old: bytes of the `api_keys.map` that HAProxy has; none where it has nothing.
    ///   - new: bytes of the one it is to have.
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

    /// Lines for HAProxy's runtime socket, each a command of its own: first what ends a key's or a
    /// customer's service, for that must not wait.
    ///
    /// `set map` changes in place, so that no request in between finds the key unknown. `add map`
    /// adds even what is there, and must not be sent twice; `del map` removes all that it finds.
    ///
    /// - Parameter map: the path as HAProxy's configuration writes it, without white space.
    public func commands(map: String) -> [String] {
        let suspended = changed.filter { $0.grant.tier == .suspended }
        let others = changed.filter { $0.grant.tier != .suspended }
        return removed.map { "del map \(map) \($0)" }
            + (suspended + others).map { "set map \(map) \($0.key) \(Self.escaped($0.grant))" }
            + added.map { "add map \(map) \($0.key) \(Self.escaped($0.grant))" }
    }

    /// A bare semicolon begins another command.
    private static func escaped(_ grant: VaultGrant) -> String {
        grant.description.split(separator: ";").joined(separator: "\\;")
    }
}
