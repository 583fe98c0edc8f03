/// Where a ``BulkConnection`` leads: a URL that was found to be one.
public struct BulkTarget: Sendable {
    let target: ConnectionTarget
    public let configuration: DatabaseConfiguration

    public init(_ configuration: DatabaseConfiguration) throws(InvalidDatabaseURL) {
        target = try ConnectionTarget(url: configuration.url)
        self.configuration = configuration
    }
}
