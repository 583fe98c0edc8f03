import Glibc

/// Files that are there whole or not at all, and for good once they are.
enum SpoolFile {
    private static let unfinished = ".part"
    /// A file that is no segment of ours is not read to its end.
    private static let sizeLimit = 1 << 30

    /// Writes beside, syncs, renames, and syncs the folder. On failure nothing stays.
    static func write(
        _ bytes: [UInt8], to name: String, in folder: String
    ) throws(SpoolError) {
        let (path, part) = ("\(folder)/\(name)", "\(folder)/\(name)\(unfinished)")
        do throws(SpoolError) {
            try writeSynced(bytes, to: part)
            guard rename(part, path) == 0 else { throw failure(path) }
        } catch {
            unlink(part)
            throw error
        }
        do throws(SpoolError) {
            try sync(folder)
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func writeSynced(_ bytes: [UInt8], to path: String) throws(SpoolError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var place = 0
        while place < bytes.count {
            let count = bytes.withUnsafeBytes { content in
                content.baseAddress.map { Glibc.write(file, $0 + place, bytes.count - place) } ?? 0
            }
            guard count > 0 || errno == EINTR else { throw failure(path) }
            place += max(0, count)
        }
        guard fsync(file) == 0 else { throw failure(path) }
    }

    private static func sync(_ folder: String) throws(SpoolError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder) }
    }

    /// - Returns: nil when there is no such file, or none of ours.
    static func read(_ name: String, in folder: String) throws(SpoolError) -> [UInt8]? {
        let path = "\(folder)/\(name)"
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            guard errno == ENOENT else { throw failure(path) }
            return nil
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure(path) }
        guard facts.st_size <= sizeLimit else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var place = 0
        while place < bytes.count {
            let count = bytes.withUnsafeMutableBytes { content in
                content.baseAddress.map { Glibc.read(file, $0 + place, content.count - place) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { break }
            place += count
        }
        return Array(bytes[..<place])
    }

    /// For good, as far as the disk obeys: what comes back after a power cut is stored again.
    static func remove(_ name: String, in folder: String) {
        unlink("\(folder)/\(name)")
        try? sync(folder)
    }

    /// Put behind the name of what is kept aside.
    static let damaged = ".damaged"

    static func keepAside(_ name: String, in folder: String) {
        link("\(folder)/\(name)", "\(folder)/\(name)\(damaged)")
    }

    static func names(_ folder: String) throws(SpoolError) -> [String] {
        guard let directory = opendir(folder) else { throw failure(folder) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    /// What was never finished is removed.
    static func removeUnfinished(in folder: String) throws(SpoolError) {
        for name in try names(folder) where name.hasSuffix(unfinished) {
            unlink("\(folder)/\(name)")
        }
    }

    /// Names and sizes.
    static func sizes(_ folder: String) throws(SpoolError) -> [(name: String, byteCount: Int)] {
        var found: [(String, Int)] = []
        for name in try names(folder) {
            var facts = stat()
            guard stat("\(folder)/\(name)", &facts) == 0 else { continue }
            found.append((name, Int(facts.st_size)))
        }
        return found
    }

    private static func failure(_ path: String) -> SpoolError {
        let number = errno
        return number == ENOSPC || number == EDQUOT
            ? .full : .failed(path: path, errorNumber: number)
    }
}
