import Determinism
import Glibc
import Testing

@testable import sluice

@Suite struct DevEnvironmentTests {
    private func environment(
        _ inherited: [String: String], chain: [(ConfigurationVariable, String)] = []
    ) throws -> [String: String] {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        let state = try StateDirectory(path)
        defer {
            for name in [
                "lock", DevSecrets.file, DevSecrets.auditKeyFile, DevSecrets.chargerKeyFile,
                DevEdge.keyFile,
            ] { state.remove(name) }
            rmdir(path)
        }
        let surroundings = SimulatedWorld(seed: 1).surroundings
        let secrets = try DevSecrets(state, surroundings)
        let again = try DevSecrets(state, surroundings)
        #expect(again.tokenSecret == secrets.tokenSecret && again.nodeSeed == secrets.nodeSeed)
        #expect(again.charger == secrets.charger)
        let environment = DevEnvironment(
            inherited: inherited, secrets: secrets, databaseURL: "postgresql://own",
            gatewayPort: 1234, managerPort: 1235,
            intake: DevIntake(port: 1236, statusPort: 1237, spool: "/s"),
            edge: try DevEdge(state, surroundings), auditKeyFile: "/k", chain: chain)
        return try EnvironmentFile.parse(environment.file, path: "written")
    }

    @Test("dev decides about its own parts, whatever the shell says")
    func decided() throws {
        let values = try environment([
            "DATABASE_URL": "postgresql://production", "DB_ENCRYPTION_KEY": "x",
            "DATABASE_DIRECT_URL": "postgresql://production", "JWT_SECRET": "x",
            "SLUICE_ENV": "production", "SLUICE_COOKIE_SECURE": "true",
            "SLUICE_LISTEN": "0.0.0.0:1", "SLUICE_ALLOW_LOOPBACK_ORIGINS": "false",
            "SLUICE_AUDIT_KEY_FILE": "/x", "SLUICE_INTAKE_LISTEN": "tcp:127.0.0.1:5514",
            "SLUICE_EDGE": "theirs", "SLUICE_VAULT_SOURCE": "/x", "VAULT_KEY": "x",
        ])
        #expect(values["DATABASE_URL"] == "postgresql://own")
        #expect(values["DATABASE_DIRECT_URL"] == nil)
        #expect(values["SLUICE_ENV"] == "development" && values["SLUICE_COOKIE_SECURE"] == "false")
        #expect(values["SLUICE_LISTEN"] == "127.0.0.1:1234")
        #expect(values["SLUICE_AUDIT_KEY_FILE"] == "/k" && values["SLUICE_INTAKE_SPOOL"] == "/s")
        #expect(values["SLUICE_INTAKE_LISTEN"] == "tcp:127.0.0.1:1236")
        #expect(values["SLUICE_ALLOW_LOOPBACK_ORIGINS"] == "true")
        #expect(values["SLUICE_EDGE"] == DevEdge.name && values["SLUICE_VAULT_SOURCE"] != "/x")
        #expect(values["SLUICE_VAULT_SOURCE"] == values["SLUICE_VAULT_DIRECTORY"])
        #expect(values["SLUICE_VAULT_PUBLIC_KEY"]?.count == 64 && values["VAULT_KEY"]?.count == 64)
        #expect(values["DB_ENCRYPTION_KEY"]?.count == 64 && values["JWT_SECRET"]?.count == 64)
    }

    @Test("the simulated chain decides its own name, and other nodes keep it away")
    func chain() throws {
        let inherited = ["SLUICE_CHAIN": "sui:mainnet"]
        #expect(!DevEnvironment.namesNodes(inherited))
        #expect(try environment(inherited)["SLUICE_CHAIN"] == "sui:mainnet")
        let values = try environment(inherited, chain: [(.chain, "sui:localnet")])
        #expect(values["SLUICE_CHAIN"] == "sui:localnet")
        #expect(DevEnvironment.namesNodes(["SUI_JSON_RPC_URLS": "https://n"]))
        #expect(!DevEnvironment.namesNodes(["SUI_GRAPHQL_URLS": ""]))
    }

    @Test("toggles, limits, nodes and origins are passed on")
    func passedOn() throws {
        let values = try environment([
            "MOCK_AUTH": "true", "SLUICE_LIMIT_VERIFY": "9/1", "SLUICE_STATEMENT": "a \"b\" $c",
            "SUI_GRAPHQL_URLS": "https://n", "SLUICE_ALLOWED_ORIGINS": "https://app.host",
            "PATH": "/bin", "PGHOST": "elsewhere",
        ])
        #expect(values["MOCK_AUTH"] == "true" && values["SLUICE_LIMIT_VERIFY"] == "9/1")
        #expect(values["SLUICE_STATEMENT"] == "a \"b\" $c")
        #expect(values["SUI_GRAPHQL_URLS"] == "https://n" && values["PATH"] == nil)
        #expect(values["SLUICE_ALLOWED_ORIGINS"] == "https://app.host")
    }

    @Test("children see nothing that configures sluice or libpq")
    func bare() {
        let bare = DevEnvironment.bare([
            "PATH": "/bin", "PGHOST": "x", "MOCK_AUTH": "1", "SLUICE_X": "1", "DATABASE_URL": "x",
            "JWT_SECRET": "x",
        ])
        #expect(bare == ["PATH": "/bin"])
    }
}
