/// What code and texts may not say.
enum LanguageRules {
    static let all = [foundation, surprises, unchecked, unfinished, machinePaths, skippedTests]

    private static let foundation = Rule(
        "nothing imports Foundation",
        because: "it costs 50 MB of binary and twice the memory; FoundationEssentials does not",
        in: ["Sources", "Tests"],
        planted: [
            SourceFile(path: "Sources/Gateway/X.swift", text: "import Foundation\n"),
            SourceFile(path: "Tests/GatewayTests/X.swift", text: "@testable import Foundation\n"),
            SourceFile(path: "Sources/Gateway/Y.swift", text: "import struct Foundation.Date\n"),
        ]
    ) { file in
        guard file.isSwift else { return [] }
        return file.imports.filter { $0.module == "Foundation" }.map {
            Finding(path: file.path, line: $0.line, what: "import Foundation")
        }
    }

    private static let surprises = Rule(
        "product code does not end the process by surprise",
        because: "one bad input would end the service for all",
        in: ["Sources"],
        planted: [
            "let x = try! f()", "let y = z as! String", "fatalError(\"no\")",
        ].map { SourceFile(path: "Sources/Gateway/X.swift", text: $0) }
    ) { file in
        file.isSwift ? file.code(holding: ["try!", "as! ", "fatalError("]) : []
    }

    private static let unchecked = Rule(
        "what the compiler cannot check says why it is sound",
        because: "the next reader must not have to find the proof again",
        in: ["Sources"],
        planted: [
            "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
        ].map { SourceFile(path: "Sources/Gateway/X.swift", text: "import Glibc\n\n\($0)\n") }
    ) { file in
        guard file.isSwift else { return [] }
        return file.code(holding: ["@unchecked Sendable", "nonisolated(unsafe)"]).filter {
            let above = file.lines[..<($0.line - 1)].suffix(8)
            let isSaid = above.contains { $0.drop(while: \.isWhitespace).hasPrefix("//") }
            return !isSaid && !file.lines[$0.line - 1].contains("//")
        }
    }

    private static let unfinished = Rule(
        "nothing is left for later",
        because: "a note in the code is forgotten; an issue is not",
        in: ["Sources", "Config", "Makefile"],
        planted: [
            "// TO" + "DO: more", "// FIX" + "ME", "// not yet imple" + "mented", "// HA" + "CK",
        ].map { SourceFile(path: "Sources/Gateway/X.swift", text: $0) }
    ) { file in
        file.text(holding: [
            "TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X:", "imple" + "mented yet",
            "not yet imple" + "mented", "not imple" + "mented",
        ])
    }

    private static let machinePaths = Rule(
        "no text names a folder of one machine",
        because: "it is true for nobody else",
        in: ["Sources", "Tests", "Config", "Docs", "Vectors", "Makefile", "README.md", ".ci/run"],
        planted: [
            "see /" + "root/notes", "cd /" + "work/main", "in /" + "home/alex/sluice",
        ].map { SourceFile(path: "Docs/X.md", text: $0) }
    ) { file in
        [" ", "\"", "'", "(", "=", "`", ":"].flatMap { before in
            file.text(holding: ["/" + "root/", "/" + "work/", "/" + "home/"].map { before + $0 })
        }
    }

    private static let skippedTests = Rule(
        "no test is skipped",
        because: "a skipped test is a promise that nobody keeps, in green",
        in: ["Tests"],
        planted: [
            ("X.swift", "@Test(.dis" + "abled())"), ("X.swift", "with" + "KnownIssue { }"),
            ("x.py", "@pytest.mark.sk" + "ip"), ("x.py", "@pytest.mark.xf" + "ail"),
            ("x.py", "pytest.sk" + "ip()"),
        ].map { SourceFile(path: "Tests/GatewayTests/\($0.0)", text: $0.1) }
    ) { file in
        file.code(holding: [
            ".dis" + "abled(", "with" + "KnownIssue", "XCT" + "Skip", "pytest.mark.sk" + "ip",
            "pytest.mark.xf" + "ail", "pytest.sk" + "ip(", "unittest.sk" + "ip",
        ])
    }
}
