import Testing

@testable import sluice

@Suite struct IntakeConfigurationTests {
    private static let vault = [
        "SLUICE_VAULT_SOURCE": "/mnt/vault", "SLUICE_EDGE_VAULT": "/var/lib/sluice/edge/current",
        "SLUICE_VAULT_PUBLIC_KEY": String(repeating: "3a", count: 32), "SLUICE_EDGE": "edge-1",
        "SLUICE_EDGE_SOCKET": "/run/haproxy/sluice.sock",
    ]

    private func configuration(
        _ values: [String: String]
    ) throws(ConfigurationRefusal) -> IntakeConfiguration {
        let all = values.merging(["DATABASE_URL": "postgresql://sluice@db/sluice"]) { $1 }
        return try IntakeConfiguration(ConfigurationSource(environment: all))
    }

    @Test("vaults are taken, or they are not: a part of what that needs stops the start, by name")
    func vaultInPart() throws {
        #expect(try configuration(Self.vault).intake.vault?.edge == "edge-1")
        #expect(try configuration([:]).intake.vault == nil)
        let link = Self.vault.filter { $0.key == "SLUICE_EDGE_VAULT" || $0.key == "SLUICE_EDGE" }
        #expect(try configuration(link).intake.vault == nil, "HAProxy's own, in a file they share")
        for missing in Self.vault.keys.sorted() {
            let part = Self.vault.filter { $0.key != missing }
            do {
                _ = try configuration(part)
                Issue.record("taken without \(missing)")
            } catch {
                #expect(error.problems.count == 1)
                #expect(error.problems.allSatisfy { $0.reason.hasSuffix("not \(missing)") })
            }
        }
    }
}
