/// Which code may open the keys that others are not to have.
enum KeyRules {
    static let all = [charger]

    private static let homes: Set<String> = [
        "Sources/sluice/Configuration/ChargerKey.swift", "Sources/sluice/Wiring/ManagerParts.swift",
    ]
    /// What makes a simulated chain may know the keys of people on it.
    private static let simulations = ["Sources/MockSuiNode/", "Sources/sluice/Dev/"]

    private static let charger = Rule(
        "the charger's key is opened by the manager alone",
        because: "who takes a gateway must not get a key that charges every account",
        in: ["Sources"],
        planted: [
            SourceFile(
                path: "Sources/sluice/Wiring/GatewayProcess.swift",
                text: "let key = try ChargerKey.load(path)\n"),
            SourceFile(
                path: "Sources/sluice/Commands/X.swift",
                text: "let key = try SuiPrivateKey(parsing: text)\n"),
            SourceFile(
                path: "Sources/Gateway/X.swift", text: "let key = try SuiPrivateKey(seed: seed)\n"),
            SourceFile(
                path: "Sources/sluice/Wiring/LiveParts.swift",
                text: "let path = configuration.manager.chargerKeyFile\n"),
        ]
    ) { file in
        guard file.isSwift, !homes.contains(file.path),
            !simulations.contains(where: { file.path.hasPrefix($0) })
        else { return [] }
        return file.code(holding: ["ChargerKey", "SuiPrivateKey(", "manager.chargerKeyFile"])
    }
}
