import Observability

/// A database for one test.
public final class TestDatabase: Sendable {
    public let name: String
    public let cluster: TestCluster

    init(name: String, cluster: TestCluster) {
        self.name = name
        self.cluster = cluster
    }

    deinit {
        let url = cluster.url(user: "postgres")
        // Best effort: the cluster may be stopped, and its folder goes away anyhow.
        BackgroundThread.start { [name, cluster] in
            _ = try? Administration.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", at: url)
            _ = cluster
        }
    }

    /// As the owner of the tables, over TCP.
    public var url: String { cluster.url(database: name) }

    /// As an intake's login, which may do what an intake does.
    public var intakeURL: String { cluster.url(database: name, user: "edge_1") }

    /// Through something that listens on `port` and forwards.
    public func url(port: UInt16) -> String { cluster.url(database: name, port: port) }

    /// As a superuser: the one who can switch triggers off.
    public var superuserURL: String { cluster.url(database: name, user: "postgres") }

    /// Runs statements as a superuser.
    ///
    /// - Returns: the last statement's rows, values as text, NULL as nil.
    @discardableResult
    public func run(_ script: String) async throws -> [[String?]] {
        try await run(script, at: superuserURL)
    }

    /// The same as somebody else.
    @discardableResult
    public func run(_ script: String, at url: String) async throws -> [[String?]] {
        try await offThread { try Administration.run(script, at: url) }
    }

    /// The first column of the first row.
    public func value(_ query: String) async throws -> String? {
        try await run(query).first?.first ?? nil
    }
}
