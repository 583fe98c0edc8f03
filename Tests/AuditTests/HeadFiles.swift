import Audit
import Glibc
import TestSupport

/// A folder for a head file; gone with its last reference.
final class HeadFiles: Sendable {
    let folder: String
    let file: AuditHeadFile

    init() throws {
        var name = Array("/tmp/sluice-head-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw TestFailure("cannot make a folder in /tmp") }
        folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        file = AuditHeadFile(path: folder + "/audit.key.head")
    }

    deinit {
        for name in ["audit.key.head", "audit.key.head.new"] { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    var text: String? {
        guard let stream = fopen(file.path, "r") else { return nil }
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, stream)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    func write(_ text: String) throws {
        guard let stream = fopen(file.path, "w") else { throw TestFailure("cannot write") }
        fputs(text, stream)
        fclose(stream)
    }
}
