import ByteCodecs

/// The first byte is how many steps to take, each step's byte which value to read; the values
/// follow. What was read, written again, must be the bytes it was read from.
enum BCSTarget {
    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let steps = input.dropFirst().prefix(Int(first & 15))
        let values = Array(input.dropFirst(1 + steps.count))
        var reader = BCSReader(values)
        var writer = BCSWriter()
        for step in steps {
            do {
                try copy(step, from: &reader, to: &writer)
            } catch {
                return
            }
        }
        let read = values.count - reader.remaining
        demand(writer.bytes == Array(values.prefix(read)), "one form a value")
        let isFinished = (try? reader.finish()) != nil
        demand(isFinished == (reader.remaining == 0), "finished when nothing is left")
    }

    private static func copy(
        _ step: UInt8, from reader: inout BCSReader, to writer: inout BCSWriter
    ) throws(BCSError) {
        switch step % 11 {
        case 0: writer.byte(try reader.byte())
        case 1: writer.u16(try reader.u16())
        case 2: writer.u32(try reader.u32())
        case 3: writer.u64(try reader.u64())
        case 4: writer.bool(try reader.bool())
        case 5: writer.uleb128(try reader.uleb128())
        case 6: writer.raw(try reader.bytes(count: Int(step >> 4)))
        case 7: writer.byteVector(try reader.byteVector())
        case 8: writer.string(try reader.string())
        case 9: try copyVector(from: &reader, to: &writer)
        default: try copyOption(from: &reader, to: &writer)
        }
    }

    private static func copyVector(
        from reader: inout BCSReader, to writer: inout BCSWriter
    ) throws(BCSError) {
        let lists = try reader.vector { (reader) throws(BCSError) in try reader.byteVector() }
        writer.vector(lists) { $0.byteVector($1) }
    }

    private static func copyOption(
        from reader: inout BCSReader, to writer: inout BCSWriter
    ) throws(BCSError) {
        let value = try reader.option { (reader) throws(BCSError) in try reader.u64() }
        writer.option(value) { $0.u64($1) }
    }
}
