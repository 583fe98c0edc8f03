/// That every variable is known in one place and explained in another.
enum ConfigurationRules {
    static let all = [documented, onePlace]

    private static let code = "Sources/sluice/Configuration/ConfigurationVariable.swift"
    private static let example = "Config/sluice.env.example"

    private static let documented = Rule(
        "every variable is in \(example), and nothing else is",
        because: "an operator finds what the file says, and nothing else",
        in: [code, example],
        planted: [
            SourceFile(path: code, text: "    case other = \"SLUICE_OTHER\"\n"),
            SourceFile(path: example, text: "SLUICE_OTHER=1\n"),
        ]
    ) { files in
        let inCode = files.filter { $0.path == code }.flatMap(\.codeLines).compactMap { line in
            line.drop(while: \.isWhitespace).hasPrefix("case ")
                ? line.split(separator: "\"").dropFirst().first.map(String.init) : nil
        }
        let inExample = files.filter { $0.path == example }.flatMap(\.lines).compactMap { line in
            line.hasPrefix("#") ? nil : line.firstIndex(of: "=").map { String(line[..<$0]) }
        }
        let missing = Set(inCode).subtracting(inExample).map {
            Finding(path: example, line: 1, what: "\($0) is missing")
        }
        let unknown = Set(inExample).subtracting(inCode).map {
            Finding(path: example, line: 1, what: "\($0) is no variable")
        }
        return missing + unknown
    }

    private static let onePlace = Rule(
        "only the program's own module reads the environment",
        because: "a variable that a service reads by itself is in no list and no check",
        in: ["Sources"],
        planted: [
            "getenv(\"X\")", "ProcessInfo.processInfo.environment", "environ.pointee",
        ].map { SourceFile(path: "Sources/Gateway/X.swift", text: $0) }
    ) { file in
        guard file.isSwift, file.module != "sluice" else { return [] }
        return file.code(holding: ["getenv(", "ProcessInfo", "environ."])
    }
}
