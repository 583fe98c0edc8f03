import Glibc

/// Files that only their owner can read.
enum PrivateFile {
    private static let sizeLimit = 4096

    /// - Parameter variable: names the file.
    /// - Throws: why it is not read; nothing of its content is shown.
    static func read(
        _ path: String, of variable: ConfigurationVariable
    ) throws(ConfigurationRefusal) -> [UInt8] {
        try read(path, subject: variable.name)
    }

    /// - Parameter subject: what names the file, as it is typed.
    static func read(
        _ path: String, subject: String
    ) throws(ConfigurationRefusal) -> [UInt8] {
        func refusal(_ reason: String) -> ConfigurationRefusal {
            ConfigurationRefusal(problems: [
                ConfigurationProblem(subject: subject, reason: "'\(path)' \(reason)")
            ])
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw refusal("cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refusal("is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw refusal("can be read by others; run: chmod 600 '\(path)'")
        }
        guard let bytes = FileBytes.read(descriptor, limit: sizeLimit) else {
            throw refusal("cannot be read, or is larger than \(sizeLimit) bytes")
        }
        return bytes
    }
}
