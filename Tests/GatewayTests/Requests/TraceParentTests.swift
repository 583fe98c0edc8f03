import Testing

@testable import Gateway

@Suite struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    @Test func continuesTheCallersTrace() throws {
        let trace = try #require(TraceParent("00-\(Self.trace)-\(Self.parent)-01"))

        #expect(trace.traceID == Self.trace)
        #expect(trace.parentID == Self.parent)
        #expect(
            trace.field(span: [1, 2, 3, 4, 5, 6, 7, 8]) == "00-\(Self.trace)-0102030405060708-01")
    }

    @Test func laterVersionsMayCarryMore() {
        #expect(TraceParent("01-\(Self.trace)-\(Self.parent)-01-more") != nil)
    }

    @Test(
        arguments: [
            "", "00", "00-\(trace)-\(parent)", "ff-\(trace)-\(parent)-01",
            "00-\(trace)-\(parent)-01-more", "00-00000000000000000000000000000000-\(parent)-01",
            "00-\(trace)-0000000000000000-01", "00-\(trace.uppercased())-\(parent)-01",
            "00-\(trace)0-\(parent)-01", "00-\(trace)-\(parent)-1", "00_\(trace)_\(parent)_01",
        ])
    func anythingElseIsNoTrace(field: String) {
        #expect(TraceParent(field) == nil)
    }
}
