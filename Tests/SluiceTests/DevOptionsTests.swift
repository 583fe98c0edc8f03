import Testing

@testable import sluice

@Suite struct DevOptionsTests {
    private func options(_ words: String...) throws -> DevOptions? {
        let request = try ArgumentParser(root: SluiceCommand.root).parse(["dev"] + words)
        guard case .run(_, _, let arguments) = request else { return nil }
        return try DevOptions(arguments)
    }

    @Test("every port has its documented default and its flag")
    func ports() throws {
        let standard = try #require(try options())
        #expect(standard.gatewayPort == 3000 && standard.nodePort == 9000)
        #expect(standard.managerPort == 3001 && standard.intakePort == 5514)
        #expect(standard.stateDirectory == ".sluice" && !standard.isFresh)

        let given = try #require(
            try options(
                "--gateway-port", "1", "--node-port=0", "--manager-port", "65535", "--intake-port",
                "4", "--state-dir", "d", "--fresh"))
        #expect(given.gatewayPort == 1 && given.nodePort == 0 && given.managerPort == 65535)
        #expect(given.intakePort == 4 && given.stateDirectory == "d" && given.isFresh)
    }

    @Test("what is no port is refused", arguments: ["x", "-1", "65536", "01", "+1", "", "3 "])
    func noPort(text: String) {
        #expect(throws: UsageError.self) { try options("--node-port=" + text) }
    }

    @Test("two parts cannot have one port, but any number may take a free one")
    func sharedPorts() throws {
        #expect(throws: UsageError.self) { try options("--gateway-port", "3001") }
        #expect(try options("--gateway-port", "0", "--manager-port", "0") != nil)
    }
}
