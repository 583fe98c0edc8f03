import Glibc
import Testing

@testable import Intake

/// What HAProxy 2.6 sent with `Config/haproxy/haproxy.cfg`, in
/// `Tests/Recorded/haproxy-2.6.stream`: ten requests, one after the other.
enum RecordedStream {
    /// As HAProxy answered them.
    static let statuses = [401, 200, 404, 402, 403, 400, 402, 200, 402, 401]

    static func bytes() throws -> [UInt8] {
        let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let file = try #require(fopen("\(folder)/Recorded/haproxy-2.6.stream", "rb"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    static func lines() throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var decoder = OctetCountDecoder()
        try bytes().withUnsafeBufferPointer { bytes in
            try decoder.receive(bytes) { message in
                if case .whole(let line) = message { lines.append(Array(line)) }
            }
        }
        return lines
    }
}
