import Testing

@testable import Gateway

@Suite struct AmountShapeTests {
    private func matches(_ text: String, _ shape: AmountShape) throws -> Bool {
        try Regex(shape.pattern).wholeMatch(in: text) != nil
    }

    @Test(
        "the documented pattern takes exactly what is taken",
        arguments: [
            "", "0", "1", "01", "10", "-1", "+1", "1.0", "1e3", "999999999999999999",
            "1000000000000000000", "9223372036854775806", "9223372036854775807",
            "9223372036854775808", "9223372036854775900", "9223372036855000000",
            "9300000000000000000", "9999999999999999999", "8999999999999999999",
            "10000000000000000000", "９",
        ])
    func pattern(text: String) throws {
        for shape in [AmountShape.moving, .any] {
            let isTaken = (try? shape.read(text)) != nil
            #expect(try matches(text, shape) == isTaken)
        }
    }
}
