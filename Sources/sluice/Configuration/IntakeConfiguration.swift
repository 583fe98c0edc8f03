import Observability

/// All that an intake is configured with. It stands at the edge, so it needs no secret but the way
/// into the database, and reads none.
struct IntakeConfiguration: Sendable {
    let database: DatabaseSettings
    let intake: IntakeSettings
    let logLevel: LogLevel
    let warnings: [String]

    /// - Throws: all that is wrong, together.
    init(_ source: ConfigurationSource) throws(ConfigurationRefusal) {
        var reader = ConfigurationReader(source)
        let database = DatabaseSettings(&reader)
        let intake = IntakeSettings(&reader)
        let level = Configuration.logLevel(&reader)
        guard reader.problems.isEmpty, let database, let intake, let level else {
            throw ConfigurationRefusal(problems: reader.problems)
        }
        (self.database, self.intake, logLevel) = (database, intake, level)
        warnings = UnknownVariables.warnings(source)
    }
}
