/// A statement ready to be sent.
struct Statement: Sendable {
    let text: String
    let values: [SQLValue]

    init(_ sql: SQL) {
        text = sql.text
        values = sql.values
    }

    var types: [UInt32] { values.map(\.type.oid) }

    /// Calls `body` with the arrays that libpq takes; they live only during the call.
    func withParameters<Result>(
        _ body: (
            _ pointers: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]
        ) -> Result
    ) -> Result {
        // One block for all values, and never an empty one: a pointer that is nil means NULL.
        var block: [CChar] = []
        var offsets: [Int?] = []
        for value in values {
            offsets.append(value.bytes == nil ? nil : block.count)
            block.append(contentsOf: (value.bytes ?? []).lazy.map { CChar(bitPattern: $0) })
        }
        block.append(0)
        return block.withUnsafeBufferPointer { block in
            body(
                offsets.map { offset in offset.flatMap { block.baseAddress?.advanced(by: $0) } },
                values.map { Int32(clamping: $0.bytes?.count ?? 0) },
                [Int32](repeating: 1, count: values.count))
        }
    }
}
