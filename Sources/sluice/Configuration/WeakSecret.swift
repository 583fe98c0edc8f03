/// Finds secrets that somebody could guess: examples, defaults, keys typed by hand.
///
/// A key of 32 random bytes has about 30 different ones and is found weak by none of these rules
/// (fewer than 12 different: below 2⁻⁶⁰).
enum WeakSecret {
    /// Parts of values that stand in documents and sample files, ours included. Letter case does
    /// not count.
    private static let wellKnownParts = [
        "changeme", "change-me", "change_me", "change this", "example", "default", "placeholder",
        "insecure", "replace-me", "replace_me", "your-secret", "your_secret", "yoursecret",
        "supersecret", "super-secret", "password", "development", "dev-secret", "dev_secret",
        "test-secret", "test_secret", "not-for-production", "12345678", "abcdefgh",
    ]

    /// - Returns: why the secret is weak, or nil.
    static func reason(text: String) -> String? {
        let lowered = text.lowercased()
        if wellKnownParts.contains(where: { lowered.range(ofText: $0) != nil }) {
            return "is a well-known or example value"
        }
        return reason(bytes: Array(text.utf8))
    }

    /// - Returns: why these key bytes are weak, or nil.
    static func reason(bytes: [UInt8]) -> String? {
        if isPeriodic(bytes) { return "repeats itself" }
        if isProgression(bytes) { return "is a plain sequence" }
        if Set(bytes).count < min(12, bytes.count / 2) { return "has too few different bytes" }
        return nil
    }

    /// Whether a first part, at most half of it, comes again and again.
    private static func isPeriodic(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return true }
        return (1...bytes.count / 2).contains { period in
            bytes.indices.dropFirst(period).allSatisfy { bytes[$0] == bytes[$0 - period] }
        }
    }

    /// Whether each byte differs from the one before by the same amount, as in 00 01 02 ….
    private static func isProgression(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 3 else { return true }
        let step = bytes[1] &- bytes[0]
        return bytes.indices.dropFirst().allSatisfy { bytes[$0] &- bytes[$0 - 1] == step }
    }
}
