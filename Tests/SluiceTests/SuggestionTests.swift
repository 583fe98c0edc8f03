import Testing

@testable import sluice

@Suite struct SuggestionTests {
    @Test(
        "distances are those counted by hand",
        arguments: [
            ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("gatway", "gateway", 1),
            ("teh", "the", 1), ("ca", "abc", 3), ("SAME", "same", 0),
        ])
    func distance(left: String, right: String, expected: Int) {
        #expect(Suggestion.distance(left, right) == expected)
        #expect(Suggestion.distance(right, left) == expected)
    }

    @Test(
        "only what could be a slip of the hand is suggested",
        arguments: [
            ("gatway", "gateway"), ("verfiy", "verify"), ("doctr", "doctor"), ("xyz", nil),
            ("completely-different", nil),
        ])
    func nearest(typed: String, expected: String?) {
        #expect(
            Suggestion.nearest(to: typed, among: ["gateway", "verify", "doctor", "dev"]) == expected
        )
    }
}
