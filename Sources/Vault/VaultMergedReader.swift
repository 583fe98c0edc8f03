import Identifiers

/// What HAProxy makes of both maps, line by line.
struct VaultMergedReader {
    private var keys: VaultMapReader
    private var next: VaultMapReader.Line?
    private var changes: ArraySlice<VaultChanges.Line>

    init(_ map: [UInt8], _ changes: [VaultChanges.Line] = []) throws(VaultRefusal) {
        keys = VaultMapReader(map)
        next = try keys.next()
        self.changes = changes[...]
    }

    /// - Returns: nil at the end.
    mutating func read() throws(VaultRefusal) -> VaultMapReader.Line? {
        while let change = changes.first, next.map({ change.key <= $0.key }) ?? true {
            changes.removeFirst()
            if next?.key == change.key { next = try keys.next() }
            if let grant = change.grant { return (change.key, grant) }
        }
        let line = next
        if line != nil { next = try keys.next() }
        return line
    }
}
