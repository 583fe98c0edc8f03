import Glibc
import Testing

/// A file that is gone when the test is.
final class TemporaryFile {
    let path: String

    init(_ text: String, mode: mode_t = 0o600) throws {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        path = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map(UInt8.init), as: UTF8.self)
        }
        let bytes = Array(text.utf8)
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
    }

    deinit { unlink(path) }
}
