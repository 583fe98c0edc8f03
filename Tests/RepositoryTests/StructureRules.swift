/// Which part stands where, and what it may know.
enum StructureRules {
    static let all = [imports, manifest, noInputOrOutput, folders, typeNames, mainFile, shims]

    private static let imports = Rule(
        "a module imports only what the table allows",
        because:
            "a wrong edge lets a change in one part break another that has nothing to do with it",
        in: ["Sources"],
        planted: [
            SourceFile(path: "Sources/SuiProtocol/X.swift", text: "import HTTPTransport\n"),
            SourceFile(path: "Sources/ByteCodecs/X.swift", text: "public import Determinism\n"),
            SourceFile(path: "Sources/Authentication/X.swift", text: "import Gateway\n"),
            SourceFile(path: "Sources/Gateway/X.swift", text: "import CPostgres\n"),
            SourceFile(path: "Sources/Storage/X.swift", text: "import struct Audit.AuditRecord\n"),
            SourceFile(path: "Sources/NewModule/X.swift", text: "\n"),
        ]
    ) { file in
        guard file.isSwift, let module = file.module else { return [] }
        guard let allowed = ModuleTable.imports(of: module) else {
            return [Finding(path: file.path, line: 1, what: "\(module) is not in the table")]
        }
        return file.imports.filter { !(allowed + ModuleTable.toolchain).contains($0.module) }.map {
            Finding(path: file.path, line: $0.line, what: "\(module) imports \($0.module)")
        }
    }

    /// Reads `module("Name", [… "Dependency" …])` and its kin; a manifest that is written in
    /// another way gives findings rather than none.
    private static let manifest = Rule(
        "the manifest's dependencies are those of the table, targets in the table's order",
        because: "the compiler enforces what the manifest says, so the two may not differ",
        in: ["Package.swift"],
        planted: [
            SourceFile(path: "Package.swift", text: #"module("Determinism", ["ByteCodecs"]),"#),
            SourceFile(path: "Package.swift", text: #"module("Unheard", []),"#),
            SourceFile(path: "Package.swift", text: #"module("SuiProtocol", ["ByteCodecs"]),"#),
            SourceFile(
                path: "Package.swift",
                text: #"module("ByteCodecs", []), module("Determinism", []),"#),
        ]
    ) { files in
        guard let file = files.first(where: { $0.name == "Package.swift" }) else { return [] }
        let listed = Manifest.targets(in: file.text)
        var findings = listed.flatMap { target, dependencies -> [String] in
            guard let allowed = ModuleTable.imports(of: target) else {
                return ["\(target) is not in the table"]
            }
            return dependencies.filter { !allowed.contains($0) }.map {
                "\(target) depends on \($0)"
            }
                + allowed.filter { !dependencies.contains($0) }.map {
                    "\(target) does not depend on \($0), which the table allows"
                }
        }
        let order = ModuleTable.names.filter { listed.map(\.target).contains($0) }
        if order != listed.map(\.target) { findings.append("targets are not in the table's order") }
        if Set(listed.map(\.target)) != Set(ModuleTable.names) {
            findings.append("the table and the manifest name different modules")
        }
        return findings.map { Finding(path: file.path, line: 1, what: $0) }
    }

    private static let noInputOrOutput = Rule(
        "codecs, identifiers, log lines and the Sui protocol reach no socket or database, by any way",
        because: "what does no input or output can be tested whole, and fuzzed, in memory",
        in: ["Sources"],
        planted: [
            SourceFile(path: "Sources/SuiProtocol/X.swift", text: "import Storage\n"),
            SourceFile(path: "Sources/Cryptography/X.swift", text: "import CCurl\n"),
        ]
    ) { files in
        var edges: [String: Set<String>] = [:]
        for file in files where file.isSwift {
            guard let module = file.module else { continue }
            edges[module, default: []].formUnion(file.imports.map(\.module))
        }
        return ModuleTable.withoutInputAndOutput.flatMap { module -> [Finding] in
            let reached = ModuleTable.reachable(from: module) { Array(edges[$0] ?? []) }
            return reached.intersection(ModuleTable.inputAndOutput).map {
                Finding(path: "Sources/\(module)", line: 1, what: "reaches \($0)")
            }
        }
    }

    private static let folders = Rule(
        "no folder or file is named Utils, Common, Core or Helpers",
        because: "such a name says nothing, so everything ends up in it",
        in: ["Sources", "Tests", "Config"],
        planted: [
            SourceFile(path: "Sources/Gateway/Utils/X.swift", text: ""),
            SourceFile(path: "Sources/Storage/Helpers.swift", text: ""),
            SourceFile(path: "Tests/ScenarioTests/common.py", text: ""),
        ]
    ) { file in
        let parts = file.path.split(separator: "/").map {
            $0.split(separator: ".").first.map { $0.lowercased() } ?? ""
        }
        let empty = ["utils", "util", "common", "core", "helpers", "helper", "misc"]
        return parts.filter(empty.contains).map { Finding(path: file.path, line: 1, what: $0) }
    }

    private static let typeNames = Rule(
        "no type is named like a module",
        because:
            "`Module.Type` then means a member of the type, and the module cannot be named at all",
        in: ["Sources"],
        planted: [
            SourceFile(path: "Sources/Audit/X.swift", text: "public struct Audit {\n"),
            SourceFile(
                path: "Sources/Gateway/X.swift", text: "    final class Storage: Sendable {"),
        ]
    ) { file in
        guard file.isSwift else { return [] }
        return file.codeLines.enumerated().compactMap { index, line in
            guard ModuleTable.names.contains(where: line.holds), !line.holds("import ") else {
                return nil
            }
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            let kinds: [Substring] = ["struct", "class", "enum", "actor", "protocol", "typealias"]
            guard let place = words.firstIndex(where: kinds.contains), place + 1 < words.count,
                ModuleTable.names.contains(String(words[place + 1]))
            else { return nil }
            return Finding(path: file.path, line: index + 1, what: String(words[place + 1]))
        }
    }

    private static let mainFile = Rule(
        "main.swift is one line",
        because: "closures in it belong to the main actor and end the process when C calls them",
        in: ["Sources"],
        planted: [
            SourceFile(path: "Sources/sluice/main.swift", text: "let x = 1\nrun(x)\n")
        ]
    ) { file in
        guard file.name == "main.swift" else { return [] }
        let lines = file.codeLines.filter { !$0.allSatisfy(\.isWhitespace) }
        return lines.count == 1
            ? [] : [Finding(path: file.path, line: 1, what: "\(lines.count) lines")]
    }

    private static let shims = Rule(
        "no header of ours defines a feature macro",
        because: "the Swift overlay of glibc is built without them, and the modules then clash",
        in: ["Sources/CLibraries"],
        planted: [
            SourceFile(
                path: "Sources/CLibraries/CCurl/shim.h", text: "#define _GNU_SOURCE\n")
        ]
    ) { file in
        file.lines.enumerated().filter {
            $0.element.hasPrefix("#define _") || $0.element.hasPrefix("# define _")
        }.map { Finding(path: file.path, line: $0.offset + 1, what: String($0.element)) }
    }
}
