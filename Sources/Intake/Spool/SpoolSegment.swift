import Determinism

/// A batch as bytes of a file: a mark, then records, each with its length and checksum.
///
/// Lines are kept as they came and read anew when they are stored, so that a segment says nothing
/// that HAProxy did not say.
enum SpoolSegment {
    /// What was read, and whether all of it was what had been written.
    struct Content {
        let batch: LineBatch
        let isDamaged: Bool
    }

    /// The first bytes, with the version of what follows.
    private static let mark: [UInt8] = Array("sluice spool 1\n".utf8)
    /// A record has a line, or what the quarantine keeps at most with words around it.
    private static let recordLimit = 64 << 10

    private enum Kind: UInt8 {
        case head = 1
        case line, refused
    }

    static func bytes(of batch: LineBatch) -> [UInt8] {
        var bytes = mark
        bytes.reserveCapacity(batch.weight + 9 * (batch.lineCount + batch.refusedCount) + 512)
        var head = RecordWriter(Kind.head.rawValue)
        head.append(batch.id)
        head.append(UInt64(bitPattern: batch.receivedAt.milliseconds))
        head.append(Array(batch.source.utf8))
        head.write(to: &bytes)
        for chunk in batch.chunks {
            for index in chunk.lines.indices {
                append(Kind.line.rawValue, chunk.rawLine(index), to: &bytes)
            }
            for message in chunk.refused {
                var record = RecordWriter(Kind.refused.rawValue)
                record.append(Array(message.source.utf8))
                record.append(Array(message.code.utf8))
                record.append(Array(message.detail.utf8))
                record.append(message.isCut ? [1] : [0])
                record.append(message.raw)
                record.write(to: &bytes)
            }
        }
        return bytes
    }

    /// Nil where not even the head can be read. From the first record on that is not as it was
    /// written, nothing is believed.
    static func read(_ bytes: [UInt8]) -> Content? {
        guard bytes.starts(with: mark) else { return nil }
        var place = mark.count
        guard let record = record(in: bytes, at: &place), var batch = batch(of: record) else {
            return nil
        }
        var chunk = LineChunk()
        var isDamaged = false
        while place < bytes.count {
            guard let next = self.record(in: bytes, at: &place), take(next, into: &chunk) else {
                isDamaged = true
                break
            }
        }
        batch.append(chunk)
        return Content(batch: batch, isDamaged: isDamaged)
    }

    private static func append(
        _ kind: UInt8, _ payload: ArraySlice<UInt8>, to bytes: inout [UInt8]
    ) {
        RecordWriter.append(UInt32(payload.count + 1), to: &bytes)
        let start = bytes.count
        bytes.append(kind)
        bytes.append(contentsOf: payload)
        RecordWriter.append(CRC32C.sum(bytes[start...]), to: &bytes)
    }

    private static func record(in bytes: [UInt8], at place: inout Int) -> ArraySlice<UInt8>? {
        guard let count = RecordReader.number(in: bytes[...], at: place, as: UInt32.self),
            (1...UInt32(recordLimit)).contains(count)
        else { return nil }
        let end = place + 4 + Int(count)
        guard let sum = RecordReader.number(in: bytes[...], at: end, as: UInt32.self) else {
            return nil
        }
        let content = bytes[(place + 4)..<end]
        guard CRC32C.sum(content) == sum else { return nil }
        place = end + 4
        return content
    }

    private static func batch(of record: ArraySlice<UInt8>) -> LineBatch? {
        var reader = RecordReader(record.dropFirst())
        guard record.first == Kind.head.rawValue, let id = reader.bytes(), id.count == 16,
            let moment = reader.number(as: UInt64.self), let source = reader.text()
        else { return nil }
        return LineBatch(
            id: id, source: source, receivedAt: Timestamp(milliseconds: Int64(bitPattern: moment)))
    }

    private static func take(_ record: ArraySlice<UInt8>, into chunk: inout LineChunk) -> Bool {
        switch record.first.flatMap({ Kind(rawValue: $0) }) {
        case .line:
            return record.dropFirst().withUnsafeBufferPointer { bytes in
                guard let line = try? RequestLine(parsing: bytes) else { return false }
                chunk.append(line, bytes)
                return true
            }
        case .refused:
            var reader = RecordReader(record.dropFirst())
            guard let source = reader.text(), let code = reader.text(),
                let detail = reader.text(), let isCut = reader.bytes(), let raw = reader.bytes()
            else { return false }
            chunk.append(
                RefusedMessage(
                    source: source, code: code, detail: detail, raw: raw, isCut: isCut == [1]))
            return true
        case .head, nil: return false
        }
    }
}
