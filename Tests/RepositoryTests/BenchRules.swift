/// That the bench compares like with like.
enum BenchRules {
    static let all = [sameStatements]

    private static let script = "Tests/Bench/sign_in.sql"
    private static let folder = "Sources/Authentication/"
    /// Where the statements of a sign-in stand, in the script's order.
    private static let statements = [
        (folder + "SignIn/NonceQueries.swift", "func insertNonce("),
        (folder + "SignIn/NonceQueries.swift", "func consumeNonce("),
        (folder + "Sessions/SessionQueries.swift", "func openSession("),
    ]
    /// What is spliced into them, by the name that it has there.
    private static let splices = [
        "CustomerRow.stored": (
            folder + "Customers/CustomerQueries.swift", "static let stored: SQL ="
        ),
        "CustomerRow.escrowAccount": (
            folder + "Customers/CustomerQueries.swift", "static let escrowAccount: SQL ="
        ),
        "SessionRow.columns": (folder + "Sessions/SessionRow.swift", "static let columns: SQL ="),
        "audit": ("Sources/Audit/AuditRecord.swift", "selecting source: SQL"),
        "source": (folder + "Sessions/SessionQueries.swift", "static let openSession: SQL ="),
    ]

    private static let sameStatements = Rule(
        "\(script) says what the gateway's queries say",
        because: "a ratio to other work than ours means nothing",
        in: [script, "Sources/Authentication", "Sources/Audit"],
        planted: [
            changed(script, "AND token_hash = ", to: "OR token_hash = "),
            changed(script, "RETURNING wallet_address, message, expires_at", to: ""),
            changed(script, "    INSERT INTO audit_log", to: "    INSERT INTO unlogged"),
            changed(statements[2].0, "WHERE status = 'active'", to: "WHERE true"),
            changed(splices["audit"]?.0 ?? "", "INSERT INTO audit_log (at, ", to: "INSERT ("),
        ]
    ) { files in
        let queries = statements.map { path, marker in
            SQLPattern(in: text(path, files), after: marker) { name in
                splices[name].flatMap { SQLPattern.literal(in: text($0.0, files), after: $0.1) }
            }
        }
        let copies = SQLPattern.statements(ofScript: text(script, files))
        guard copies.count == queries.count else {
            return [Finding(path: script, line: 1, what: "has \(copies.count) statements")]
        }
        return zip(queries, copies).compactMap { query, copy in
            guard let query else {
                return Finding(path: script, line: 1, what: "a query is not where it was")
            }
            return query.difference(from: copy).map { Finding(path: script, line: 1, what: $0) }
        }
    }

    private static func text(_ path: String, _ files: [SourceFile]) -> String {
        files.first { $0.path == path }?.text ?? ""
    }

    /// A file of the repository with one part replaced.
    private static func changed(_ path: String, _ part: String, to other: String) -> SourceFile {
        let text = Repository.files(below: [path]).first?.text ?? ""
        var replaced = ""
        var rest = Substring(text)
        while !rest.isEmpty {
            if rest.hasPrefix(part) {
                replaced += other
                rest = rest.dropFirst(part.count)
            } else {
                replaced.append(rest.removeFirst())
            }
        }
        return SourceFile(path: path, text: replaced)
    }
}
