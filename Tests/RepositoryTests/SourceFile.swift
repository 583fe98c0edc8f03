import Glibc

/// A file that rules look at; from the disk, or planted to see a rule fail.
struct SourceFile: Sendable {
    let path: String
    let text: String
    /// The text without what follows `//`, so that comments may name what code may not use.
    let code: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = path.hasSuffix(".swift") ? Self.withoutComments(text) : text
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    /// The last part of the path.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The module that a file of `Sources/` belongs to; a C library's folder is its own.
    var module: String? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count >= 3, parts[0] == "Sources" else { return nil }
        return parts[1] == "CLibraries" ? parts[2] : parts[1]
    }

    var lines: [Substring] { Self.lines(of: text) }
    var codeLines: [Substring] { Self.lines(of: code) }

    /// Modules that the file imports, with their line.
    var imports: [(line: Int, module: String)] {
        guard code.holds("import ") else { return [] }
        return codeLines.enumerated().compactMap { index, line in
            guard line.holds("import ") else { return nil }
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count,
                place == 0
                    || ["public", "package", "internal", "private", "fileprivate"]
                        .contains(words[0])
            else { return nil }
            let kinds = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]
            let name = kinds.contains(String(words[place + 1])) ? words.last : words[place + 1]
            return (index + 1, name.map { String($0.prefix { $0 != "." }) } ?? "")
        }
    }

    /// Each line of code on which one of the parts stands.
    func code(holding parts: [String]) -> [Finding] {
        Self.findings(parts.filter(code.holds), in: codeLines, of: path)
    }

    /// Each line, comments included, on which one of the parts stands.
    func text(holding parts: [String]) -> [Finding] {
        Self.findings(parts.filter(text.holds), in: lines, of: path)
    }

    private static func findings(
        _ parts: [String], in lines: @autoclosure () -> [Substring], of path: String
    ) -> [Finding] {
        guard !parts.isEmpty else { return [] }
        return lines().enumerated().flatMap { index, line in
            parts.filter(line.holds).map { Finding(path: path, line: index + 1, what: $0) }
        }
    }

    private static func lines(of text: String) -> [Substring] {
        text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
    }

    /// A `//` inside quotes is no comment.
    private static func withoutComments(_ text: String) -> String {
        var kept: [UInt8] = []
        kept.reserveCapacity(text.utf8.count)
        var isQuoted = false
        var isComment = false
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0A {
                (isQuoted, isComment) = (false, false)
            } else if !isComment {
                if byte == 0x22 { isQuoted.toggle() }
                if byte == 0x2F, last == 0x2F, !isQuoted {
                    isComment = true
                    kept.removeLast()
                }
            }
            if !isComment { kept.append(byte) }
            last = byte
        }
        return String(decoding: kept, as: UTF8.self)
    }
}

extension StringProtocol {
    /// Whether `part` stands anywhere in the text. By the C library: rules read a million bytes
    /// many times over, and tests are built without optimisation.
    func holds(_ part: String) -> Bool {
        withCString { text in strstr(text, part) != nil }
    }
}
