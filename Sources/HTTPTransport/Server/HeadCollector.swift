import CMicroHTTPD

/// Gathers the header fields of a request in one pass over the daemon's list.
struct HeadCollector {
    private(set) var headers = HTTPHeaders()
    private(set) var layout: HeadLayout

    static func collect(_ connection: OpaquePointer, layout: HeadLayout) -> HeadCollector {
        var collector = HeadCollector(layout: layout)
        collector.headers.reserve(fields: 16, bytes: layout.count)
        withUnsafeMutablePointer(to: &collector) { pointer in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { context, _, name, nameCount, value, valueCount in
                    guard let context, let name else { return .NO }
                    context.assumingMemoryBound(to: HeadCollector.self).pointee.add(
                        UnsafeRawBufferPointer(start: name, count: nameCount),
                        UnsafeRawBufferPointer(start: value, count: valueCount))
                    return .YES
                }, pointer)
        }
        return collector
    }

    private init(layout: HeadLayout) {
        self.layout = layout
    }

    private mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        guard layout.holds(UInt(bitPattern: name.baseAddress)) else { return }
        layout.coverField(
            name: UInt(bitPattern: name.baseAddress), nameCount: name.count,
            value: UInt(bitPattern: value.baseAddress), valueCount: value.count)
        headers.append(name: name, value: value)
    }
}
