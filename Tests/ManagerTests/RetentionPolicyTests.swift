import TestSupport
import Testing

@testable import Manager

@Suite struct RetentionPolicyTests {
    private static let path =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        + "/Config/retention.json"

    private func shipped() throws -> String { try TextFile.read(Self.path) }

    private func refusal(_ text: String) -> RetentionPolicyError? {
        do throws(RetentionPolicyError) {
            _ = try RetentionPolicy(parsing: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("the file that is shipped says what holds without one")
    func standard() throws {
        #expect(try RetentionPolicy(parsing: Array(try shipped().utf8)) == .standard)
    }

    @Test(
        "a file with an error is refused whole, with its line",
        arguments: [
            ("\"logDays\": 90", "\"logDays\": 36", 5, "logDays must be from 37 to 3653"),
            ("\"logDays\": 90", "\"logDays\": \"90\"", 5, "logDays must be a whole number"),
            ("\"logDays\": 90", "\"logDays\": 90.5", 5, "logDays must be a whole number"),
            ("\"logDays\": 90", "\"logDays\": -1", 5, "logDays must be from"),
            ("\"workerRunDays\": 30", "\"workerRunsDays\": 30", 1, "workerRunDays is missing"),
            ("\"workerRunDays\": 30", "\"workerRunDays\": 30,\n\"x\": 1", 11, "x is not known"),
            ("\"workerRunDays\": 30", "\"logDays\": 30", 10, "names a member twice"),
            ("\"workerRunDays\": 30,", "\"workerRunDays\": 30", 11, "unexpected character"),
            ("\"ingestedEventDays\": 40", "\"ingestedEventDays\": 1", 9, "from 37"),
        ])
    func refused(what: String, with other: String, line: Int, reason: String) throws {
        let text = try shipped()
        let parts = text.split(separator: what, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let error = try #require(refusal(parts[0] + other + parts[1]))
        #expect(error.line == line)
        #expect(error.reason.contains(reason), "\(error)")
    }

    @Test("what is no object at all is refused", arguments: ["", "[]", "90", "{}", "null"])
    func noObject(text: String) {
        #expect(refusal(text)?.line == 1)
    }
}
