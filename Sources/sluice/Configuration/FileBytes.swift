import Glibc

/// Reads small files whole.
enum FileBytes {
    /// - Returns: nil when there is more than `limit`, or reading fails.
    static func read(_ descriptor: Int32, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= limit {
            let count = chunk.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { return bytes }
            guard count > 0 || errno == EINTR else { return nil }
            bytes.append(contentsOf: chunk.prefix(max(0, count)))
        }
        return nil
    }

    /// - Returns: nil when the file is missing, too large or cannot be read.
    static func read(path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor, limit: limit)
    }
}
