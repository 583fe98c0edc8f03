import SuiProtocol
import Testing

@testable import sluice

@Suite struct EscrowSettingsTests {
    private static let package = "0x" + String(repeating: "a1", count: 32)
    private static let operatorID = "0x0b"

    private func read(
        _ values: [String: String], chain: SuiChain? = .testnet
    ) -> (settings: EscrowSettings?, problems: [ConfigurationProblem]) {
        var reader = ConfigurationReader(ConfigurationSource(environment: values))
        let settings = EscrowSettings(&reader, chain: chain)
        return (settings, reader.problems)
    }

    @Test("without any of them there is no escrow, and that is no fault")
    func absent() {
        for chain in SuiChain.allCases {
            let (settings, problems) = read([:], chain: chain)
            #expect(settings == nil)
            #expect(problems.isEmpty)
        }
    }

    @Test("the coin is native USDC where the network has it")
    func coins() throws {
        let both = [
            "SLUICE_ESCROW_PACKAGE": Self.package, "SLUICE_ESCROW_OPERATOR": Self.operatorID,
        ]
        #expect(read(both, chain: .testnet).settings?.contract.coin == KnownCoin.testnetUSDC.type)
        #expect(read(both, chain: .mainnet).settings?.contract.coin == KnownCoin.mainnetUSDC.type)
        #expect(read(both, chain: .localnet).problems.map(\.subject) == ["SLUICE_ESCROW_COIN"])
        let named = both.merging(["SLUICE_ESCROW_COIN": "0x5::usdc::USDC"]) { $1 }
        let settings = try #require(read(named, chain: .localnet).settings)
        #expect(settings.contract.coin == (try TypeTag(parsing: "0x5::usdc::USDC")))
        #expect(settings.operator == (try SuiAddress(parsing: "0xb")))
    }

    @Test(
        "all or none, each of its form",
        arguments: [
            (["SLUICE_ESCROW_PACKAGE": package], "SLUICE_ESCROW_OPERATOR"),
            (["SLUICE_ESCROW_OPERATOR": operatorID], "SLUICE_ESCROW_PACKAGE"),
            (["SLUICE_ESCROW_COIN": "0x5::usdc::USDC"], "SLUICE_ESCROW_PACKAGE"),
            (
                ["SLUICE_ESCROW_PACKAGE": "a1", "SLUICE_ESCROW_OPERATOR": operatorID],
                "SLUICE_ESCROW_PACKAGE"
            ),
            (
                ["SLUICE_ESCROW_PACKAGE": package, "SLUICE_ESCROW_OPERATOR": "operator"],
                "SLUICE_ESCROW_OPERATOR"
            ),
            (
                [
                    "SLUICE_ESCROW_PACKAGE": package, "SLUICE_ESCROW_OPERATOR": operatorID,
                    "SLUICE_ESCROW_COIN": "USDC",
                ], "SLUICE_ESCROW_COIN"
            ),
            (
                [
                    "SLUICE_ESCROW_PACKAGE": package, "SLUICE_ESCROW_OPERATOR": operatorID,
                    "SLUICE_ESCROW_COIN": "u64",
                ], "SLUICE_ESCROW_COIN"
            ),
        ])
    func refused(values: [String: String], subject: String) {
        let (settings, problems) = read(values)
        #expect(settings == nil)
        #expect(problems.map(\.subject) == [subject])
    }
}
