/// One thing that is wrong with the configuration. Never carries a secret's value.
struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    /// The variable's name, or the file's path.
    let subject: String
    /// What is wrong and what is expected, in words that follow the name and a colon.
    let reason: String

    var description: String { "\(subject): \(reason)" }
}

/// All that is wrong, so that one start shows everything there is to mend.
struct ConfigurationRefusal: Error, Equatable, CustomStringConvertible {
    let problems: [ConfigurationProblem]

    var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
