import Testing

/// Something that holds for the whole repository.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    /// Shown when it fails: what goes wrong without the rule.
    let reason: String
    /// Folders and files it looks at.
    let scope: [String]
    /// What breaks it; added to the real files, it must be found. Several files, each of which
    /// alone breaks the rule.
    let planted: [SourceFile]
    let check: @Sendable ([SourceFile]) -> [Finding]

    var testDescription: String { name }

    init(
        _ name: String, because reason: String, in scope: [String], planted: [SourceFile],
        check: @escaping @Sendable ([SourceFile]) -> [Finding]
    ) {
        (self.name, self.reason, self.scope) = (name, reason, scope)
        (self.planted, self.check) = (planted, check)
    }

    /// A rule that looks at one file at a time.
    init(
        _ name: String, because reason: String, in scope: [String], planted: [SourceFile],
        each check: @escaping @Sendable (SourceFile) -> [Finding]
    ) {
        self.init(name, because: reason, in: scope, planted: planted) { $0.flatMap(check) }
    }
}

@Suite struct RuleTests {
    static let rules: [Rule] =
        StructureRules.all + DeterminismRules.all + StorageRules.all + LanguageRules.all
        + ConfigurationRules.all + VectorRules.all + DocumentRules.all + ArchitectureRules.all
        + BenchRules.all + KeyRules.all

    @Test("the repository keeps its rules", arguments: rules)
    func kept(rule: Rule) {
        let files = Repository.files(below: rule.scope)
        #expect(!files.isEmpty, "\(rule.name): nothing to look at in \(rule.scope)")
        for finding in rule.check(files) {
            Issue.record("\(finding)\nRule: \(rule.name).\nWhy: \(rule.reason)")
        }
    }

    @Test("each rule finds what it is for", arguments: rules)
    func canFail(rule: Rule) {
        let files = Repository.files(below: rule.scope)
        let before = rule.check(files).count
        #expect(!rule.planted.isEmpty)
        for file in rule.planted {
            let others = files.filter { $0.path != file.path }
            #expect(
                rule.check(others + [file]).count > before,
                "'\(rule.name)' passes over \(file.path):\n\(file.text)")
        }
    }
}
