import Determinism
import Testing

@testable import sluice

@Suite struct WeakSecretTests {
    @Test("random keys are never called weak")
    func strong() {
        let world = SimulatedWorld(seed: 7).surroundings
        for _ in 0..<2000 {
            let bytes = world.randomBytes(32)
            #expect(WeakSecret.reason(bytes: bytes) == nil, "\(bytes)")
        }
    }

    @Test(
        "keys typed by hand and keys from documents are called weak",
        arguments: [
            String(repeating: "a", count: 64), String(repeating: "ab", count: 32),
            String(repeating: "0123456789abcdef", count: 4), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
            "your-secret-key-of-at-least-32-bytes!", "ChangeMe-ChangeMe2-ChangeMe3-ChangeMe4",
            "EXAMPLE0f9d8s7a6d5f4g3h2j1k0l9q8w7e6r", "password1password2password3password4",
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbc",
        ])
    func weak(text: String) {
        #expect(WeakSecret.reason(text: text) != nil)
    }
}
