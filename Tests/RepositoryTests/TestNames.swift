/// The tests there are: Python functions, and Swift suites with their functions.
struct TestNames {
    private var names: Set<String> = []

    init(_ files: [SourceFile]) {
        for file in files where file.path.hasPrefix("Tests/") {
            names.formUnion(file.path.split(separator: "/").map(String.init))
            if file.isSwift { addSwift(file) }
            if file.path.hasSuffix(".py") { addPython(file) }
        }
    }

    func contains(_ name: String) -> Bool { names.contains(name) }

    /// `test_…`, `SomeTests` and `SomeTests.function`.
    static func mentioned(in line: Substring) -> [String] {
        guard line.holds("test_") || line.holds("Tests") else { return [] }
        return line.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." }.compactMap {
            let word = $0.hasSuffix(".") ? $0.dropLast() : $0
            let suite = word.prefix { $0 != "." }
            let isSuite = suite.hasSuffix("Tests") && suite != "Tests"
            return isSuite || word.hasPrefix("test_") && word.count > 5 ? String(word) : nil
        }
    }

    private mutating func addPython(_ file: SourceFile) {
        for line in file.lines where line.holds("def test_") {
            let name = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
                .first { $0.hasPrefix("test_") }
            if let name { names.insert(String(name)) }
        }
    }

    /// A function belongs to the type that was named last above it.
    private mutating func addSwift(_ file: SourceFile) {
        var suite: Substring = ""
        for line in file.codeLines
        where ["func ", "struct ", "class ", "extension "].contains(where: line.holds) {
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            func word(after keyword: Substring) -> Substring? {
                words.firstIndex(of: keyword).flatMap { words[($0 + 1)...].first }
            }
            if let type = word(after: "struct") ?? word(after: "class") ?? word(after: "extension")
            {
                suite = type
                names.insert(String(type))
            } else if let function = word(after: "func") {
                names.insert("\(suite).\(function)")
            }
        }
    }
}
