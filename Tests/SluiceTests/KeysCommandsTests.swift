import Testing

@testable import sluice

@Suite struct KeysCommandsTests {
    private func add(name: String, scopes: String) async -> Int32 {
        await SluiceCommand.run([
            "keys", "service", "add", "--name=" + name, "--scopes=" + scopes,
            // Was the command line accepted, this is refused: status 1.
            "--env-file", "/nonexistent/sluice.env",
        ])
    }

    @Test(
        "a name that the service keys would refuse is wrong use",
        arguments: ["", "-x", "_x", "Billing", "a b", "é", String(repeating: "a", count: 65)])
    func names(name: String) async {
        #expect(await add(name: name, scopes: "charges") == ExitStatus.usage.rawValue)
    }

    @Test(
        "scopes that do not exist are wrong use",
        arguments: ["", ",", "charge", "charges,", "charges refunds", "CHARGES"])
    func scopes(scopes: String) async {
        #expect(await add(name: "billing", scopes: scopes) == ExitStatus.usage.rawValue)
    }

    @Test("every scope, and a name of each allowed kind, is taken")
    func accepted() async {
        for name in ["a", "0-_", String(repeating: "a", count: 64)] {
            let status = await add(name: name, scopes: "charges, refunds,ingest,reports")
            #expect(status == ExitStatus.finding.rawValue)
        }
    }
}
