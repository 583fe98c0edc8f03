/// Finds the configuration that a command line means.
enum ConfigurationLoader {
    /// - Throws: when the environment file is refused, or one that was named does not exist.
    static func source(_ arguments: ParsedArguments) throws(ConfigurationRefusal)
        -> ConfigurationSource
    {
        let environment = ProcessEnvironment.current
        let named = arguments.value(.environmentFile)
        guard let values = try EnvironmentFile.read(named ?? EnvironmentFile.defaultPath) else {
            guard let named else { return ConfigurationSource(environment: environment) }
            throw ConfigurationRefusal(problems: [
                ConfigurationProblem(subject: named, reason: "does not exist")
            ])
        }
        return ConfigurationSource(environment: environment, file: values)
    }

    /// The whole configuration; every problem is shown at once and nothing has been started yet.
    ///
    /// - Returns: nil when it was refused and the user was told why.
    static func configuration(_ arguments: ParsedArguments) -> Configuration? {
        do throws(ConfigurationRefusal) {
            let source = try source(arguments)
            if let configuration = configuration(source) { return configuration }
        } catch {
            report(error)
        }
        return nil
    }

    /// - Returns: nil when it was refused and the user was told why, with what may be the cause.
    private static func configuration(_ source: ConfigurationSource) -> Configuration? {
        do throws(ConfigurationRefusal) {
            return try Configuration(source)
        } catch {
            report(error, source)
            return nil
        }
    }

    /// What an intake needs.
    ///
    /// - Returns: nil when it was refused and the user was told why.
    static func intake(_ arguments: ParsedArguments) -> IntakeConfiguration? {
        do throws(ConfigurationRefusal) {
            return try IntakeConfiguration(try source(arguments))
        } catch {
            report(error)
            return nil
        }
    }

    /// Only the database's part, for commands that need nothing else.
    ///
    /// - Returns: nil when it was refused and the user was told why.
    static func database(_ arguments: ParsedArguments) -> DatabaseSettings? {
        do throws(ConfigurationRefusal) {
            var reader = ConfigurationReader(try source(arguments))
            guard let settings = DatabaseSettings(&reader) else {
                throw ConfigurationRefusal(problems: reader.problems)
            }
            return settings
        } catch {
            report(error)
            return nil
        }
    }

    /// - Parameter source: misspelt names in it are shown too; they are a likely cause.
    static func report(_ refusal: ConfigurationRefusal, _ source: ConfigurationSource? = nil) {
        let count = refusal.problems.count
        Output.error(
            "sluice: the configuration has \(count == 1 ? "a problem" : "\(count) problems")")
        for problem in refusal.problems { Output.error("  \(problem)") }
        for warning in source.map(UnknownVariables.warnings) ?? [] {
            Output.error("  note: \(warning)")
        }
    }
}
