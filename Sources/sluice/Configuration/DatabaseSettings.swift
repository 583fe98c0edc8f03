/// Where the database is.
struct DatabaseSettings: Sendable {
    /// For work; a connection pooler may stand before it. May hold a password.
    let url: ConfidentialText
    /// For LISTEN, advisory locks and migrations.
    let directURL: ConfidentialText
    /// Connections at most, each with a thread of its own and opened when it is first needed.
    let poolSize: Int
    /// False for a pooler that loses named prepared statements between transactions.
    let preparesStatements: Bool

    /// For a URL that has the right beginning and still is none.
    static let notUnderstood = ConfigurationRefusal(problems: [
        ConfigurationProblem(
            subject: ConfigurationVariable.databaseURL.name, reason: "is not understood")
    ])

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let before = reader.problems.count
        let url = reader.requiredText(
            .databaseURL, "the database, as in postgresql://user:password@host:5432/sluice")
        let directURL = reader.text(.databaseDirectURL, derived: url)
        poolSize = reader.integer(.databasePool, in: 1...200, default: 16)
        preparesStatements = reader.flag(.databasePrepare, default: true)
        Self.check(url, .databaseURL, &reader)
        if directURL != url { Self.check(directURL, .databaseDirectURL, &reader) }
        guard let url, reader.problems.count == before else { return nil }
        self.url = ConfidentialText(url)
        self.directURL = ConfidentialText(directURL ?? url)
    }

    private static func check(
        _ url: String?, _ variable: ConfigurationVariable, _ reader: inout ConfigurationReader
    ) {
        guard let url else { return }
        if !url.hasPrefix("postgresql://"), !url.hasPrefix("postgres://") {
            reader.refuse(variable, "does not begin with postgresql://")
        } else if reader.isProduction, url.range(ofText: "change-me") != nil {
            reader.refuse(variable, "holds the password of the example file")
        }
    }
}
