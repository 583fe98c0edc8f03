/// One `--option` of a command.
struct OptionSpecification: Sendable {
    /// With its two dashes, as it is typed.
    let name: String
    /// What stands for the value in the help; nil for a flag, which takes none.
    let valueName: String?
    let summary: String
    let isRequired: Bool
    /// For who left it out: where to have it from.
    var advice: String?

    static func flag(_ name: String, _ summary: String) -> Self {
        Self(name: name, valueName: nil, summary: summary, isRequired: false)
    }

    static func value(_ name: String, _ valueName: String, _ summary: String) -> Self {
        Self(name: name, valueName: valueName, summary: summary, isRequired: false)
    }

    static func required(
        _ name: String, _ valueName: String, _ summary: String, advice: String? = nil
    ) -> Self {
        Self(name: name, valueName: valueName, summary: summary, isRequired: true, advice: advice)
    }

    static let help = flag("--help", "Print this text.")

    static let environmentFile = value(
        "--env-file", "FILE",
        "Read variables from FILE (default ~/.env, if it exists); the environment wins.")

    static let json = flag("--json", "Print JSON instead of text.")
}
