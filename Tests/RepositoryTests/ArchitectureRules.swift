/// That the page which draws the whole lacks no part of it.
enum ArchitectureRules {
    static let all = [whole]

    private static let page = "Docs/Architecture.md"

    private static let whole = Rule(
        "every module, command and table stands in \(page), quoted as code",
        because: "what the drawing of the whole lacks is looked for in vain, or made twice",
        in: [page, "Sources/sluice", "Sources/Storage/Migrations"],
        planted: [
            SourceFile(path: page, text: "`Storage`, `gateway` and `customers` alone\n"),
            SourceFile(
                path: "Sources/sluice/Commands/X.swift",
                text: "let x = CommandSpecification(\n    \"unheard\", \"Of.\")\n"),
            SourceFile(
                path: "Sources/sluice/Commands/Y.swift",
                text: "let y = CommandSpecification(\n    group: \"unheard\", \"Of.\")\n"),
            SourceFile(
                path: "Sources/Storage/Migrations/9999_x.sql", text: "CREATE TABLE unheard (\n"),
        ]
    ) { files in
        let drawn = Set(files.filter { $0.path == page }.flatMap { quoted(in: $0.text) })
        let parts =
            ModuleTable.names.map { ("module", $0) }
            + files.flatMap { commands(in: $0).map { ("command", $0) } }
            + files.flatMap { tables(in: $0).map { ("table", $0) } }
        return parts.filter { !drawn.contains($0.1) }.map { kind, name in
            Finding(path: page, line: 1, what: "there is no \(kind) \(name)")
        }
    }

    /// Words between backticks.
    private static func quoted(in text: String) -> [String] {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false)
        return pieces.enumerated().filter { $0.offset % 2 == 1 }.flatMap { piece in
            piece.element.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "-" }
        }.map(String.init)
    }

    /// First arguments of specifications, where they are written out.
    private static func commands(in file: SourceFile) -> [String] {
        guard file.isSwift, file.code.holds("CommandSpecification(") else { return [] }
        return file.code.split(separator: "CommandSpecification(").dropFirst().compactMap { call in
            let parts = call.split(separator: "\"", maxSplits: 2)
            let before = parts.first?.filter { !$0.isWhitespace } ?? ""
            return parts.count > 1 && (before.isEmpty || before == "group:")
                ? String(parts[1]) : nil
        }
    }

    private static func tables(in file: SourceFile) -> [String] {
        file.lines.filter { $0.hasPrefix("CREATE TABLE ") }.compactMap { line in
            line.split { $0 == " " || $0 == "(" }.dropFirst(2).first.map(String.init)
        }
    }
}
