import Testing

@testable import Vault

@Suite struct VaultEntryTests {
    @Test(
        "a text that could leave its field is no sealed key",
        arguments: [
            "", "AAAA", "A:B", "A:B,C:D", "A:B:C\n", "A:B:C\"", "A:B:C D", "A:B:é", "A;B:C:D",
            String(repeating: "A:", count: 300),
        ])
    func sealedText(text: String) throws {
        let entry = try VaultSample.entry(0)
        #expect(throws: VaultRefusal.encryptedKeyMalformed) {
            try VaultEntry(key: entry.key, grant: entry.grant, encryptedKey: text)
        }
    }

    @Test("a rate is 1 to a million", arguments: [0, -1, 1_000_001, .max, .min])
    func rates(rate: Int) throws {
        #expect(throws: VaultRefusal.rateOutOfRange(rate)) { try VaultSample.entry(0, rate: rate) }
    }
}
