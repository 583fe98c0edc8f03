import Glibc

/// A file of `NAME=value` lines, as dotenv tools and systemd's `EnvironmentFile` read it.
///
/// Lines: blank, `# comment`, or `[export ]NAME=value`. A value may stand in single quotes (taken
/// as it is) or double quotes (where `\\`, `\"`, `\n` and `\$` are undone). Without quotes a
/// ` #` begins a comment. Nothing is expanded: a `$` is a `$`.
enum EnvironmentFile {
    /// Where variables are looked for unless `--env-file` names another file.
    static let defaultPath = "~/.env"
    /// No honest file is larger; one that is will be the wrong file.
    private static let sizeLimit = 1 << 20

    /// - Parameter path: a leading `~/` stands for the home directory.
    /// - Returns: nil when the file does not exist.
    /// - Throws: a refusal when others can read the file, or a line is not understood.
    static func read(_ path: String) throws(ConfigurationRefusal) -> [String: String]? {
        let path = expandingHome(path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw refusal(path, "cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refusal(path, "is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw refusal(path, "can be read by others; run: chmod 600 '\(path)'")
        }
        let bytes = FileBytes.read(descriptor, limit: sizeLimit)
        guard let bytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw refusal(path, "is not a text of at most \(sizeLimit) bytes in UTF-8")
        }
        return try parse(text, path: path)
    }

    /// - Throws: every line that is not understood, by number; its text may hold a secret.
    static func parse(
        _ text: String, path: String
    ) throws(ConfigurationRefusal) -> [String: String] {
        var values: [String: String] = [:]
        var problems: [ConfigurationProblem] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let line = ConfigurationReader.trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let (name, value) = assignment(line) else {
                problems.append(
                    ConfigurationProblem(
                        subject: "\(path) line \(index + 1)", reason: "is not NAME=value"))
                continue
            }
            if values.updateValue(value, forKey: name) != nil {
                problems.append(
                    ConfigurationProblem(
                        subject: "\(path) line \(index + 1)", reason: "sets \(name) a second time"))
            }
        }
        guard problems.isEmpty else { throw ConfigurationRefusal(problems: problems) }
        return values
    }

    /// The inverse of ``parse(_:path:)`` for one variable.
    static func line(_ name: String, _ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || "_-+=:/.,@%&?".utf8.contains(byte)
        }
        if isPlain { return "\(name)=\(value)" }
        var quoted = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\", "\"", "$": quoted += "\\" + String(character)
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return "\(name)=\"\(quoted)\""
    }

    static func expandingHome(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
        return String(cString: home) + path.dropFirst()
    }

    private static func refusal(_ path: String, _ reason: String) -> ConfigurationRefusal {
        ConfigurationRefusal(problems: [ConfigurationProblem(subject: path, reason: reason)])
    }

    private static func assignment(_ line: String) -> (String, String)? {
        let line = line.hasPrefix("export ") ? String(line.dropFirst(7)) : line
        guard let equals = line.firstIndex(of: "=") else { return nil }
        let name = ConfigurationReader.trimmed(line[..<equals])
        let isName = name.utf8.enumerated().allSatisfy { index, byte in
            byte == 0x5F || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || (index > 0 && (0x30...0x39).contains(byte))
        }
        guard isName, !name.isEmpty else { return nil }
        let text = ConfigurationReader.trimmed(line[line.index(after: equals)...])
        return value(text).map { (name, $0) }
    }

    private static func value(_ text: String) -> String? {
        guard let quote = text.first, quote == "'" || quote == "\"" else {
            let end = text.range(ofText: " #")?.lowerBound ?? text.endIndex
            return text.hasPrefix("#") ? "" : ConfigurationReader.trimmed(text[..<end])
        }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                let tail = ConfigurationReader.trimmed(rest)
                return tail.isEmpty || tail.hasPrefix("#") ? value : nil
            }
            guard character == "\\", quote == "\"", let next = rest.popFirst() else {
                value.append(character)
                continue
            }
            switch next {
            case "n": value.append("\n")
            case "\\", "\"", "$": value.append(next)
            default: value.append("\\\(next)")
            }
        }
        return nil  // The quote is never closed.
    }
}
