/// Names and values as they were given, before any of them is understood.
struct ConfigurationSource: Sendable {
    /// Where a value came from, for `sluice config`.
    enum Origin: String, Sendable {
        case environment
        case file
        case standard = "default"
    }

    private let environment: [String: String]
    private let file: [String: String]

    /// - Parameters:
    ///   - environment: the process environment; it wins.
    ///   - file: what an environment file says.
    init(environment: [String: String], file: [String: String] = [:]) {
        self.environment = environment
        self.file = file
    }

    /// The value of `name`, where an empty one counts as unset: `X=` in a file is a blank form.
    func value(_ name: String) -> (text: String, origin: Origin)? {
        if let text = environment[name], !text.isEmpty { return (text, .environment) }
        if let text = file[name], !text.isEmpty { return (text, .file) }
        return nil
    }

    /// Names that look like ours, in order; used to find misspelt ones.
    var namesLikeOurs: [String] {
        Set(environment.keys).union(file.keys).filter { name in
            ["SLUICE_", "MOCK_"].contains { name.hasPrefix($0) }
        }.sorted()
    }
}
