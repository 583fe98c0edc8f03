/// One forward step of the schema: a file of `Migrations/`, embedded in the binary.
///
/// A released file never changes: what was applied and what the code holds are compared by
/// SHA-256. Its first line may be `-- no transaction`; then it holds one statement only, which
/// must bear being run twice (`IF NOT EXISTS`), and it is run outside a transaction.
struct Migration: Sendable {
    var version: Int64
    /// What stands between number and ending of the file's name.
    var name: String
    var content: [UInt8]

    init(_ version: Int64, _ name: String, _ content: [UInt8]) {
        self.version = version
        self.name = name
        self.content = content
    }

    var text: String { String(decoding: content, as: UTF8.self) }

    var runsInTransaction: Bool {
        !content.starts(with: "-- no transaction\n".utf8)
    }

    /// As in `Migrations/`, without the ending.
    var title: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
    }
}
