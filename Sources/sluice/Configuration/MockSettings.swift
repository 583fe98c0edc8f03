/// Parts of the world that are played by sluice itself; development only.
struct MockSettings: Sendable {
    /// Any well-formed signature signs in.
    let auth: Bool
    /// Node endpoints default to the local mock node.
    let suiRPC: Bool
    /// The mock node's escrow package; new wallets are funded there.
    let escrow: Bool
    /// Plausible log lines through the intake's path.
    let haproxy: Bool

    /// Whether nodes are simulated where none is configured.
    var hasNode: Bool { suiRPC || escrow }

    init(_ reader: inout ConfigurationReader) {
        auth = Self.toggle(.mockAuth, &reader)
        suiRPC = Self.toggle(.mockSuiRPC, &reader)
        escrow = Self.toggle(.mockEscrow, &reader)
        haproxy = Self.toggle(.mockHAProxy, &reader)
    }

    /// Said at every start, so that nobody takes such a process for a real one.
    var warnings: [String] {
        let toggles: [(Bool, String)] = [
            (auth, "MOCK_AUTH is on: any well-formed signature signs in as any wallet"),
            (suiRPC, "MOCK_SUI_RPC is on: a simulated node is asked instead of the network"),
            (escrow, "MOCK_ESCROW is on: escrow accounts and their money are simulated"),
            (haproxy, "MOCK_HAPROXY is on: request logs are made up"),
        ]
        return toggles.filter(\.0).map(\.1)
    }

    private static func toggle(
        _ variable: ConfigurationVariable, _ reader: inout ConfigurationReader
    ) -> Bool {
        let isOn = reader.flag(variable, default: false)
        if isOn, reader.isProduction {
            reader.refuse(variable, "is on, which SLUICE_ENV=production does not allow")
        }
        return isOn
    }
}
