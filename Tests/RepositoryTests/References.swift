/// Paths that one line of a text names, from the repository's root; with `#heading` where the
/// text has it.
struct References {
    private static let folders = ["Sources/", "Tests/", "Vectors/", "Config/", "Docs/"]
    /// What stands for a name that is not told: `Tests/<Module>Tests`, `0001_….sql`.
    private static let open: Set<Character> = ["<", "…", "*", "{", "$", "%"]

    private(set) var all: [String] = []

    init(_ line: Substring, in file: SourceFile) {
        let isNaming = (Self.folders + [".md"]).contains(where: line.holds)
        if isNaming { all = Self.names(in: line, of: file) }
        if file.isDocument, line.holds("](") { all += Self.links(in: line, of: file) }
    }

    private static func names(in line: Substring, of file: SourceFile) -> [String] {
        var found: [String] = []
        var rest = line
        while !rest.isEmpty {
            let word = rest.prefix(while: isPart)
            rest = rest.dropFirst(max(1, word.count))
            if let next = rest.first, !word.isEmpty, open.contains(next) { continue }
            let name = word.reversed().drop { ".-/".contains($0) }.reversed()
            let path = String(name)
            if path.holds("/.") { continue }  // What was built.
            if folders.contains(where: path.hasPrefix) {
                found.append(path)
            } else if file.path.hasPrefix("Docs/"), path.hasSuffix(".md"), !path.contains("/") {
                found.append("Docs/" + path)
            }
        }
        return found
    }

    private static func isPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "_./+-#".contains(character)
    }

    private static func links(in line: Substring, of file: SourceFile) -> [String] {
        var found: [String] = []
        var rest = line
        while let open = rest.firstIndex(of: "]") {
            rest = rest[rest.index(after: open)...]
            guard rest.first == "(" else { continue }
            let target = rest.dropFirst().prefix { $0 != ")" && $0 != " " }
            if target.holds("://") || target.hasPrefix("mailto:") { continue }
            found.append(resolved(target, against: file.path))
        }
        return found
    }

    private static func resolved(_ target: Substring, against path: String) -> String {
        if target.hasPrefix("#") { return path + target }
        var parts = path.split(separator: "/").dropLast()
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
