public import ByteCodecs

/// Who changes a key, as the operating system tells it: for the audit trail. Nothing here proves
/// anything; whoever can run a command with the database's URL and key could also write the row.
public struct Operator: Sendable, Equatable {
    /// The name of the user that the process runs as, or the number where there is none.
    public var user: String
    /// Who logged in on the terminal; nil without one.
    public var login: String?
    /// `SUDO_USER`: who asked sudo.
    public var sudoUser: String?
    public var host: String
    public var processID: Int64

    public init(
        user: String, login: String?, sudoUser: String?, host: String, processID: Int64
    ) {
        self.user = user
        self.login = login
        self.sudoUser = sudoUser
        self.host = host
        self.processID = processID
    }

    /// As it stands in `details` of a record, under `operator`.
    public var details: JSONValue {
        [
            "user": .string(Self.bounded(user)),
            "login": login.map { .string(Self.bounded($0)) } ?? .null,
            "sudoUser": sudoUser.map { .string(Self.bounded($0)) } ?? .null,
            "host": .string(Self.bounded(host)), "pid": .integer(processID),
        ]
    }

    /// An environment variable may hold anything; PostgreSQL's JSON takes no U+0000.
    private static func bounded(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.unicodeScalars.prefix(255).filter { $0 != "\0" })
        return String(kept)
    }
}
