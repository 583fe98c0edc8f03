import Identifiers
import SuiProtocol
import Testing

@testable import Escrow

@Suite struct WalletSummaryTests {
    private func text(
        _ request: WalletRequest, balance: Int64 = 0, reserved: Int64 = 0
    ) -> String {
        WalletSummary.text(
            request, coin: KnownCoin.testnetUSDC.type, budget: 12_000_000, lastEpoch: 7,
            balance: MicroUSDC(balance), reserved: MicroUSDC(reserved))
    }

    @Test("the words name amount, limit, gas and end")
    func words() {
        let open = text(.open(payment: MicroUSDC(25_000_000), spendingLimit: .zero))
        for part in ["25 USDC", "no spending limit", "0.012 SUI", "epoch 7"] {
            #expect(open.contains(part))
        }
        #expect(text(.setSpendingLimit(MicroUSDC(1_500_000))).contains("1.5 USDC"))
    }

    @Test("what is held is named only where a withdrawal touches it")
    func reserved() {
        let all = text(.withdraw(MicroUSDC(10)), balance: 10, reserved: 4)
        let part = text(.withdraw(MicroUSDC(6)), balance: 10, reserved: 4)
        #expect(all.contains("reserved"))
        #expect(!part.contains("reserved"))
        #expect(!text(.deposit(MicroUSDC(10)), balance: 10, reserved: 4).contains("reserved"))
    }
}
