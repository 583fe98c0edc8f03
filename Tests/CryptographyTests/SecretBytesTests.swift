import Cryptography
import Determinism
import Testing

@Suite struct SecretBytesTests {
    @Test func movingInWipesTheSource() throws {
        var source: [UInt8] = [1, 2, 3]
        let secret = try SecretBytes(wiping: &source)

        #expect(source == [0, 0, 0])
        #expect(secret.copy() == [1, 2, 3])
        #expect(secret.count == 3)
    }

    @Test func aSecretMayBeEmpty() throws {
        let secret = try SecretBytes([])
        #expect(secret.count == 0)
        #expect(secret.copy().isEmpty)
    }

    @Test func aFillThatFailsLeavesNoSecret() {
        #expect(throws: CryptographyError.authenticationFailed) {
            _ = try SecretBytes(
                count: 8, fill: { _ throws(CryptographyError) in throw .authenticationFailed })
        }
    }

    @Test(arguments: [-1, Int.max])
    func impossibleSizesAreRefused(count: Int) {
        #expect(throws: CryptographyError.lockedMemoryExhausted(bytes: count)) {
            _ = try SecretBytes(count: count, fill: { _ in })
        }
    }

    @Test func randomSecretsComeFromTheSurroundings() throws {
        let first = try SecretBytes(randomCount: 32, from: SimulatedWorld(seed: 1).surroundings)
        let same = try SecretBytes(randomCount: 32, from: SimulatedWorld(seed: 1).surroundings)
        let other = try SecretBytes(randomCount: 32, from: SimulatedWorld(seed: 2).surroundings)

        #expect(first.copy() == same.copy())
        #expect(first.copy() != other.copy())
    }

    @Test func aSharedSecretOutlivesItsFirstOwner() async throws {
        var owner: SharedSecret? = try SharedSecret(SecretBytes([4, 5]))
        let second = owner
        owner = nil

        let bytes = await Task { second?.bytes.copy() }.value
        #expect(bytes == [4, 5])
    }
}
