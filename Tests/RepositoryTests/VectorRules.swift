/// That vectors are not there for show.
enum VectorRules {
    static let all = [used]

    private static let used = Rule(
        "every file of vectors is read by a test",
        because: "vectors that nobody reads prove nothing",
        in: ["Vectors", "Tests"],
        planted: [SourceFile(path: "Vectors/derived/unread.json", text: "{}")]
    ) { files in
        let tests = files.filter {
            $0.path.hasPrefix("Tests/") && !$0.path.hasPrefix("Tests/RepositoryTests/")
                && ($0.isSwift || $0.path.hasSuffix(".py"))
        }
        return files.filter { $0.path.hasPrefix("Vectors/") && $0.path.hasSuffix(".json") }
            .filter { file in
                let name = file.path.split(separator: "/").dropFirst().joined(separator: "/")
                return !tests.contains { $0.text.holds(name) }
            }
            .map { Finding(path: $0.path, line: 1, what: "no test names it") }
    }
}
