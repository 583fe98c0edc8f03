import ByteCodecs
import Cryptography
import Gateway
import SuiProtocol
import Testing

@testable import sluice

@Suite struct ConfigurationTests {
    private static let key = "8f1c0d2be47a6955301f9ee8c2b7d4a05b6c13f7428ed9ab07615c3e9df28a44"
    private static let tokenSecret = "q8ZJ3vT0mWcXy5LhN2rKdUe7GbPfSa91"

    /// A production configuration with nothing wrong; `changes` break it, nil removes.
    private func source(
        _ changes: [String: String?] = [:], auditKey: TemporaryFile
    ) -> ConfigurationSource {
        var values: [String: String] = [
            "DATABASE_URL": "postgresql://sluice:Pa55phrase@db/sluice",
            "SLUICE_PUBLIC_URL": "https://gateway.host", "DB_ENCRYPTION_KEY": Self.key,
            "SLUICE_AUDIT_KEY_FILE": auditKey.path,
        ]
        for (name, value) in changes { values[name] = value }
        return ConfigurationSource(environment: values)
    }

    private func problems(_ changes: [String: String?]) throws -> [ConfigurationProblem] {
        let auditKey = try TemporaryFile(Self.key)
        do {
            _ = try Configuration(source(changes, auditKey: auditKey))
            return []
        } catch {
            return error.problems
        }
    }

    @Test("production is the default, with the documented defaults")
    func defaults() throws {
        let auditKey = try TemporaryFile(Self.key + "\n")
        let configuration = try Configuration(source(auditKey: auditKey))
        #expect(configuration.deployment == .production)
        #expect(configuration.database.url == configuration.database.directURL)
        #expect("\(configuration.listen.address):\(configuration.listen.port)" == "127.0.0.1:3000")
        #expect(configuration.site.secureCookies && configuration.site.chain == .mainnet)
        #expect(!configuration.site.allowsLoopbackOrigins)
        #expect(configuration.database.poolSize == 16 && configuration.database.preparesStatements)
        #expect(configuration.tokens.algorithm == .edDSA && configuration.tokens.secret == nil)
        #expect(configuration.tokens.issuer == "https://gateway.host")
        #expect(configuration.tokens.keyLeadSeconds == 330)
        let rates = configuration.limits.rates
        #expect([rates.challenge, rates.verify] == [RateLimit("30/60"), RateLimit("30/60")])
        #expect([rates.refresh, rates.standard] == [RateLimit("60/60"), RateLimit("600/60")])
        #expect(configuration.node.endpoints.isEmpty && configuration.warnings.isEmpty)
    }

    @Test("keys of the vault have versions, and the newest one seals, wherever it stands")
    func vaultKeys() throws {
        let other = Base64.encode(Array(Self.tokenSecret.utf8))
        func versions(_ text: String) throws -> [Int]? {
            let auditKey = try TemporaryFile(Self.key)
            let changed = source(["VAULT_KEY": text], auditKey: auditKey)
            return try? Configuration(changed).vault.sealingKeys.map(\.version)
        }
        #expect(try versions("") == [])
        #expect(try versions(Self.key) == [1])
        #expect(try versions("v2:\(Self.key), \(other)") == [2, 1])
        #expect(try versions("\(other),v12:\(Self.key)") == [12, 1])
        for wrong in [
            "v2:\(Self.key),\(Self.key)", "\(Self.key),v1:\(other)", "v0:\(Self.key)",
            "v02:\(Self.key)", "2:\(Self.key)", "v2", "v2:", "v2:\(Self.key.dropLast(2))",
            "v9999999999:\(Self.key)", "v2:\(String(repeating: "0", count: 64)),\(Self.key)",
        ] {
            #expect(try versions(wrong) == nil, "\(wrong)")
        }
    }

    @Test(
        "in production each of these alone stops the start, by name",
        arguments: [
            ("MOCK_AUTH", "true"), ("MOCK_SUI_RPC", "1"), ("MOCK_ESCROW", "yes"),
            ("MOCK_HAPROXY", "on"), ("SLUICE_COOKIE_SECURE", "false"), ("DB_ENCRYPTION_KEY", nil),
            ("DB_ENCRYPTION_KEY", "00"), ("DB_ENCRYPTION_KEY", String(repeating: "0", count: 64)),
            ("DB_ENCRYPTION_KEY", String(repeating: "0123456789abcdef", count: 4)),
            ("DB_ENCRYPTION_KEY", Hex.encode((0..<32).map { UInt8($0) })),
            ("DB_ENCRYPTION_KEY", String(repeating: "deadbeefcafe0123", count: 4) + "00"),
            ("DATABASE_URL", nil), ("DATABASE_URL", "mysql://a@b/c"),
            ("DATABASE_URL", "postgresql://sluice:change-me@127.0.0.1:5432/sluice"),
            ("SLUICE_PUBLIC_URL", nil), ("SLUICE_PUBLIC_URL", "http://gateway.host"),
            ("SLUICE_AUDIT_KEY_FILE", nil), ("SLUICE_AUDIT_KEY_FILE", "/nonexistent/key"),
            ("JWT_SECRET", "short"), ("JWT_SECRET", String(repeating: "a", count: 64)),
            ("JWT_SECRET", String(repeating: "changeme", count: 8)),
            ("JWT_SECRET", "please-change-me-before-production-use"),
            ("SLUICE_TOKEN_KEY_LEAD_SECONDS", "10"), ("SLUICE_ALLOW_LOOPBACK_ORIGINS", "true"),
            ("SLUICE_ALLOWED_ORIGINS", "http://app.host"),
            ("SLUICE_ALLOWED_ORIGINS", "https://app.host,http://127.0.0.1:5173"),
        ])
    func productionRefusals(name: String, value: String?) throws {
        #expect(try problems([name: value]).map(\.subject) == [name])
    }

    @Test("HS256 without a secret is refused by the secret's name, in development too")
    func missingTokenSecret() throws {
        let changes = ["SLUICE_TOKEN_ALGORITHM": "HS256", "SLUICE_ENV": "development"]
        #expect(try problems(changes).map(\.subject) == ["JWT_SECRET"])
        #expect(
            try problems(["SLUICE_TOKEN_ALGORITHM": "HS256", "JWT_SECRET": Self.tokenSecret])
                .isEmpty)
    }

    @Test("development allows toggles and insecure cookies, and warns of each toggle")
    func development() throws {
        let auditKey = try TemporaryFile(Self.key)
        let changes = [
            "SLUICE_ENV": "development", "MOCK_AUTH": "true", "MOCK_SUI_RPC": "true",
            "SLUICE_COOKIE_SECURE": "false", "SLUICE_PUBLIC_URL": "http://127.0.0.1:3000",
            "SLUICE_AUDIT_KEY_FILE": nil, "SLUICE_ALLOW_LOOPBACK_ORIGINS": "true",
            "SLUICE_ALLOWED_ORIGINS": "http://app.host", "SLUICE_DATABASE_PREPARE": "false",
            "SLUICE_CHAIN": "sui:devnet", "SLUICE_LIMIT_VERIFY": "7/3",
        ]
        let configuration = try Configuration(source(changes, auditKey: auditKey))
        #expect(configuration.mocks.auth && !configuration.site.secureCookies)
        #expect(configuration.node.endpoints.map(\.url.text) == ["http://127.0.0.1:9000/graphql"])
        #expect(configuration.site.allowsLoopbackOrigins && configuration.site.chain == .devnet)
        #expect(configuration.site.allowedOrigins.map(\.description) == ["http://app.host"])
        #expect(!configuration.database.preparesStatements)
        #expect(configuration.limits.rates.verify == RateLimit("7/3"))
        #expect(configuration.warnings.count == 2)
        #expect(configuration.warnings.first?.hasPrefix("MOCK_AUTH is on") == true)
    }

    @Test("a simulated node is asked only where no other is configured, in either wire")
    func simulatedNode() throws {
        let auditKey = try TemporaryFile(Self.key)
        let mocked = ["SLUICE_ENV": "development", "MOCK_ESCROW": "true"]
        for (variable, url) in [
            ("SUI_JSON_RPC_URLS", "http://127.0.0.1:9900"),
            ("SUI_GRAPHQL_URLS", "http://127.0.0.1:9900/graphql"),
        ] {
            let changes = mocked.merging([variable: url]) { $1 }
            let configuration = try Configuration(source(changes, auditKey: auditKey))
            #expect(configuration.node.endpoints.map(\.url.text) == [url])
        }
    }

    @Test(
        "a value that means nothing is refused by name",
        arguments: [
            ("SLUICE_ENV", "staging"), ("SLUICE_LISTEN", "here"), ("SLUICE_LISTEN", "::1:3000"),
            ("SLUICE_LISTEN", "127.0.0.1:70000"), ("SLUICE_LISTEN", "127.0.0.1:+1"),
            ("SLUICE_LISTEN", "[127.0.0.1]:80"), ("SLUICE_DATABASE_POOL", "0"),
            ("SLUICE_DATABASE_POOL", "08"), ("SLUICE_DATABASE_PREPARE", "sometimes"),
            ("SLUICE_ALLOW_LOOPBACK_ORIGINS", "localhost"),
            ("SLUICE_TRUSTED_PROXIES", "10.0.0.0/33"),
            ("SLUICE_TRUSTED_PROXIES", "10.0.0.0/8,proxy"), ("SLUICE_PUBLIC_URL", "gateway.host"),
            ("SLUICE_PUBLIC_URL", "https://gateway.host/path"),
            ("SLUICE_PUBLIC_URL", "https://user@gateway.host"), ("SLUICE_ALLOWED_ORIGINS", "*"),
            ("SLUICE_ALLOWED_ORIGINS", "https://a.host/x"), ("SLUICE_COOKIE_SECURE", "maybe"),
            ("SLUICE_CHAIN", "sui:other"), ("SLUICE_STATEMENT", "two\nlines"),
            ("SLUICE_STATEMENT", "café"), ("SLUICE_TOKEN_ALGORITHM", "none"),
            ("SLUICE_TOKEN_ALGORITHM", "hs256"), ("SUI_GRAPHQL_URLS", "ftp://node"),
            ("SUI_GRAPHQL_URLS", "https://a,b"), ("SLUICE_LIMIT_VERIFY", "many"),
            ("SLUICE_LIMIT_CHALLENGE", "0/60"), ("SLUICE_LIMIT_REFRESH", "1/0"),
            ("SLUICE_LIMIT_DEFAULT", "1/2/3"), ("SLUICE_LIMIT_LIVE_CHALLENGES", "-1"),
            ("SLUICE_LOG_LEVEL", "loud"), ("MOCK_AUTH", "perhaps"),
        ])
    func meaningless(name: String, value: String) throws {
        #expect(try problems([name: value]).map(\.subject) == [name])
    }

    @Test("all problems are shown together, none with a secret in it")
    func together() throws {
        let found = try problems([
            "SLUICE_CHAIN": "x", "DB_ENCRYPTION_KEY": "hunter2hunter2", "SLUICE_LISTEN": "x",
            "JWT_SECRET": "hunter2", "DATABASE_URL": "hunter2://", "MOCK_AUTH": "1",
        ])
        #expect(found.count == 6)
        #expect(!"\(found)".contains("hunter2"))
    }

    @Test("an audit key that others can read, or that is none, is refused")
    func auditKey() throws {
        for file in [
            try TemporaryFile(Self.key, mode: 0o640), try TemporaryFile("not a key"),
            try TemporaryFile(String(Self.key.dropLast(2))), try TemporaryFile(""),
        ] {
            #expect(
                try problems(["SLUICE_AUDIT_KEY_FILE": file.path]).map(\.subject)
                    == ["SLUICE_AUDIT_KEY_FILE"])
        }
    }

    @Test("the environment wins over the file; an empty value counts as unset")
    func precedence() {
        let source = ConfigurationSource(
            environment: ["A": "environment", "B": ""], file: ["A": "file", "B": "file", "C": ""])
        #expect(source.value("A")?.text == "environment")
        #expect(source.value("B")?.text == "file")
        #expect(source.value("C") == nil)
    }

    @Test("no secret is shown, not even in part")
    func masked() throws {
        let auditKey = try TemporaryFile(Self.key)
        let source = source(
            [
                "JWT_SECRET": Self.tokenSecret,
                "SUI_GRAPHQL_URLS": "https://node.host/v1/provider-key?key=provider-key",
            ], auditKey: auditKey)
        var reader = ConfigurationReader(source)
        let configuration = try #require(Configuration(&reader, source))
        var shown = reader.effective.map(\.shown).joined(separator: "\n")
        dump(configuration, to: &shown)
        shown += "\(configuration)"
        for secret in [Self.key, Self.tokenSecret, "Pa55phrase", "provider-key"] {
            #expect(!shown.contains(secret) && !shown.contains(secret.prefix(6)))
        }
        #expect(Set(reader.effective.map(\.variable)) == Set(ConfigurationVariable.allCases))
    }

    @Test("a misspelt variable is pointed out with what it may have meant")
    func misspelt() {
        let source = ConfigurationSource(environment: [
            "SLUICE_LIMT_VERIFY": "1/1", "MOCK_ATUH": "1", "SLUICE_CHAIN": "sui:mainnet",
            "HOME": "/",
        ])
        let warnings = UnknownVariables.warnings(source)
        #expect(warnings.count == 2)
        #expect(warnings[0].hasPrefix("MOCK_ATUH") && warnings[0].hasSuffix("MOCK_AUTH?"))
        #expect(warnings[1].hasSuffix("SLUICE_LIMIT_VERIFY?"))
    }
}
