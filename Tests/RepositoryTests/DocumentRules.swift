/// That what texts point to is there.
enum DocumentRules {
    static let all = [testNames, paths]

    private static let testNames = Rule(
        "every test that a document names exists",
        because: "a promise whose test was renamed away is held by nothing",
        in: ["Docs", "README.md", "SECURITY.md", "Tests"],
        planted: [
            "`test_that_nobody_wrote` shows it", "`NoSuchTests`", "`RuleTests.noSuchTest`",
        ].map { SourceFile(path: "Docs/ThreatModel.md", text: $0) }
    ) { files in
        let known = TestNames(files)
        return files.filter(\.isDocument).flatMap { file in
            file.lines.enumerated().flatMap { index, line in
                TestNames.mentioned(in: line).filter { !known.contains($0) }.map {
                    Finding(path: file.path, line: index + 1, what: "there is no test \($0)")
                }
            }
        }
    }

    private static let paths = Rule(
        "every file, folder and heading that a text names exists",
        because: "who follows a reference to nothing stops following references",
        in: [
            "README.md", "SECURITY.md", "Docs", "Sources", "Tests", "Config", "Vectors", "Makefile",
            "Package.swift",
        ],
        planted: [
            SourceFile(path: "README.md", text: "see [this](Docs/Nothing.md)"),
            SourceFile(path: "Docs/X.md", text: "see [this](../Nothing.md)"),
            SourceFile(path: "Docs/X.md", text: "see `Nothing.md`, section 2"),
            SourceFile(path: "Docs/X.md", text: "it is in `Sources/Gateway/Nothing.swift`."),
            SourceFile(path: "Docs/X.md", text: "see `Docs/Sources.md#nothing`"),
            SourceFile(path: "Sources/Gateway/X.swift", text: "/// See `Docs/Nothing.md`.\n"),
            SourceFile(path: "Config/x.sh", text: "python3 Tests/Nothing/run.py\n"),
        ]
    ) { files in
        let places = Places(files)
        return files.filter { !$0.path.hasPrefix("Tests/") }.flatMap { file in
            file.lines.enumerated().flatMap { index, line in
                References(line, in: file).all.filter { !places.contains($0) }.map {
                    Finding(path: file.path, line: index + 1, what: "there is no \($0)")
                }
            }
        }
    }
}

extension SourceFile {
    var isDocument: Bool { path.hasSuffix(".md") }
}
