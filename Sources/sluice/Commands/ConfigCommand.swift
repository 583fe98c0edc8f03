/// `sluice config`.
enum ConfigCommand {
    static let specification = CommandSpecification(
        "config", "Show the effective configuration, or all that is wrong with it.",
        discussion: """
            Each line is NAME=value and where the value comes from: environment, file or default. \
            Secrets, passwords and providers' keys are masked whole.
            """,
        examples: ["sluice config --env-file /etc/sluice/sluice.env"],
        options: [.environmentFile]
    ) { arguments in
        do throws(ConfigurationRefusal) {
            return show(try ConfigurationLoader.source(arguments))
        } catch {
            ConfigurationLoader.report(error)
            return .finding
        }
    }

    private static func show(_ source: ConfigurationSource) -> ExitStatus {
        var reader = ConfigurationReader(source)
        guard let configuration = Configuration(&reader, source) else {
            ConfigurationLoader.report(ConfigurationRefusal(problems: reader.problems), source)
            return .finding
        }
        let lines = reader.effective.map { ("\($0.variable.name)=\($0.shown)", $0.origin.rawValue) }
        let width = min(60, lines.map(\.0.count).max() ?? 0)
        for (text, origin) in lines {
            let gap = String(repeating: " ", count: max(1, width + 2 - text.count))
            Output.line(text + gap + "# " + origin)
        }
        for warning in configuration.warnings { Output.error("warning: \(warning)") }
        return .done
    }
}
