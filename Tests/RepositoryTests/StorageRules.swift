import ByteCodecs
import Cryptography

/// Where SQL stands, and that the schema's history is never rewritten.
enum StorageRules {
    static let all = [queries, pureDomains, migrationsReleased, migrationsEmbedded]

    private static let queries = Rule(
        "SQL stands in Storage, Audit and files named …Queries.swift",
        because: "who changes a table must find all that reads it",
        in: ["Sources"],
        planted: [
            SourceFile(path: "Sources/Gateway/X.swift", text: #"let q = "SELECT a FROM b""#),
            SourceFile(
                path: "Sources/Authentication/X.swift", text: "    INSERT INTO sessions (id)"),
            SourceFile(path: "Sources/sluice/X.swift", text: "  UPDATE sessions SET a = 1"),
            SourceFile(path: "Sources/Authentication/Y.swift", text: "  DELETE FROM sessions"),
        ]
    ) { file in
        let isHome =
            ["Storage", "Audit"].contains(file.module) || file.name.hasSuffix("Queries.swift")
        guard file.isSwift, !isHome else { return [] }
        return file.codeLines.enumerated().filter { isStatement($0.element) }.map {
            Finding(path: file.path, line: $0.offset + 1, what: String($0.element))
        }
    }

    private static func isStatement(_ line: Substring) -> Bool {
        let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP"]
        guard verbs.contains(where: line.holds) else { return false }
        let words = line.split { !$0.isLetter && $0 != "_" }
        func follows(_ first: Substring, _ second: Substring, within distance: Int) -> Bool {
            guard let place = words.firstIndex(of: first) else { return false }
            return words[place...].prefix(distance + 1).dropFirst().contains(second)
        }
        return follows("SELECT", "FROM", within: 30) || follows("INSERT", "INTO", within: 1)
            || follows("UPDATE", "SET", within: 2) || follows("DELETE", "FROM", within: 1)
            || follows("CREATE", "TABLE", within: 3) || follows("ALTER", "TABLE", within: 1)
            || follows("DROP", "TABLE", within: 1)
    }

    private static let domains = ["Audit", "Authentication", "Escrow", "Services"]

    /// Files of domains that may know Storage besides queries and rows: they open transactions,
    /// hand the database on, or pass statements along.
    private static let databaseUsers: Set<String> = [
        "APIKeys+Changes.swift", "APIKeys.swift", "AccountRepair.swift", "AuditRecord.swift",
        "AuditSeal.swift", "AuditSealer.swift",
        "AuditVerifier.swift", "Bookkeeper.swift", "Breaks.swift", "Cancellations.swift",
        "ChainPass.swift",
        "ChargeEngine+Arming.swift", "ChargeEngine+Hastening.swift",
        "ChargeEngine+Sending.swift", "ChargeEngine+Signing.swift",
        "ChargeEngine.swift", "ChargeError.swift", "ChargeStories.swift", "Charges+Invoices.swift",
        "Charges.swift",
        "Customers.swift", "DatabaseMoment.swift", "EndedSessionsFeed.swift", "EverySession.swift",
        "ExpiredRows.swift",
        "FollowerError.swift", "InvoiceComparing.swift", "LeaderError.swift", "Leadership.swift",
        "LedgerPass.swift",
        "ObjectPass.swift", "Reconciliation.swift", "ReconciliationError.swift", "Repair.swift",
        "RestoreGuard.swift", "SealRefusal.swift", "SealedEnd.swift", "ServiceAuthenticator.swift",
        "ServiceCallRecords.swift", "ServiceKeys.swift", "Sessions.swift", "SignIn.swift",
        "SignInServices.swift",
        "SigningBook.swift", "SigningKeys.swift", "StandbyMemory.swift", "UnsealedRows.swift",
        "WalletError.swift", "WalletUpkeep.swift", "Wallets+Keys.swift",
        "Wallets+Submission.swift", "Wallets.swift",
    ]

    private static let pureDomains = Rule(
        "in a domain only queries, rows and the services on the list import Storage",
        because: "what decides without a database can be tested whole, and in memory",
        in: ["Sources"],
        planted: [
            SourceFile(path: "Sources/Authentication/Tokens/KeyRing.swift", text: "import Storage"),
            SourceFile(path: "Sources/Audit/X.swift", text: "public import Storage\n"),
            SourceFile(path: "Sources/Audit/AuditSealer.swift", text: "\n"),
        ]
    ) { files in
        let users = files.filter { file in
            domains.contains(file.module ?? "") && file.imports.contains { $0.module == "Storage" }
        }
        let pure = users.filter { file in
            !["Queries.swift", "Row.swift"].contains(where: file.name.hasSuffix)
                && !databaseUsers.contains(file.name)
        }
        let needless = databaseUsers.subtracting(users.map(\.name))
        return pure.map { Finding(path: $0.path, line: 1, what: "imports Storage") }
            + needless.map { Finding(path: $0, line: 1, what: "is listed and needs not be") }
    }

    private static let folder = "Sources/Storage/Migrations/"

    private static let migrationsReleased = Rule(
        "every migration is in ReleasedMigrations, with the content it was released with",
        because: "a database that has applied a file never sees a change to it",
        in: ["Sources/Storage/Migrations"],
        planted: [
            SourceFile(path: folder + "0001_sign_in.sql", text: "-- another content\n"),
            SourceFile(path: folder + "9999_new.sql", text: "CREATE TABLE new ();\n"),
        ]
    ) { files in
        let found = files.filter { $0.path.hasSuffix(".sql") }.map { file in
            (file, Hex.encode(SHA256.hash(Array(file.text.utf8))))
        }
        let wrong = found.filter { ReleasedMigrations.checksums[$0.0.name] != $0.1 }.map {
            Finding(path: $0.0.path, line: 1, what: "its SHA-256 is \($0.1)")
        }
        let gone = ReleasedMigrations.checksums.keys.filter { name in
            !found.contains { $0.0.name == name }
        }
        return wrong + gone.map { Finding(path: folder + $0, line: 1, what: "is gone") }
    }

    private static let migrationsEmbedded = Rule(
        "every migration is embedded, numbered without a gap",
        because: "a file that the binary does not know is never applied",
        in: ["Sources/Storage"],
        planted: [
            SourceFile(path: folder + "0009_gap.sql", text: "SELECT 1;\n"),
            SourceFile(path: folder + "nonsense.sql", text: "SELECT 1;\n"),
        ]
    ) { files in
        let list = files.first { $0.name == "Migration+All.swift" }?.text ?? ""
        let migrations = files.filter { $0.path.hasPrefix(folder) }.sorted { $0.path < $1.path }
        return migrations.enumerated().flatMap { index, file -> [Finding] in
            let number = String(index + 1)
            let digits = String(repeating: "0", count: 4 - number.count) + number
            var findings: [String] = []
            if !file.name.hasPrefix(digits + "_") { findings.append("its number is not \(digits)") }
            let title = file.name.dropFirst(5).prefix { $0 != "." }
            if !list.holds("Migration(\(number), \"\(title)\"") {
                findings.append("is not in Migration+All.swift")
            }
            return findings.map { Finding(path: file.path, line: 1, what: $0) }
        }
    }
}
