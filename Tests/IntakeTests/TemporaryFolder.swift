import Glibc
import TestSupport

/// A folder of files that goes away with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var name = Array("/tmp/sluice-intake-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw TestFailure("cannot make a folder in /tmp") }
        path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(path)/\(name)")
        }
        closedir(directory)
        rmdir(path)
    }

    func write(_ bytes: [UInt8], to name: String, appending: Bool = false) throws {
        guard let file = fopen("\(path)/\(name)", appending ? "ab" : "wb") else {
            throw TestFailure("cannot write \(name)")
        }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw TestFailure("cannot write \(name)")
        }
    }
}
