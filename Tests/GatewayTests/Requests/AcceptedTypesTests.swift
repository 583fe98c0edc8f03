import Testing

@testable import Gateway

@Suite struct AcceptedTypesTests {
    @Test(
        arguments: [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html",
            "application/json;q=0.5, text/html", "TEXT/HTML; q=0.1",
        ])
    func browsersGetPages(field: String) {
        #expect(AcceptedTypes(field).prefersHTML)
    }

    @Test(
        arguments: [
            nil, "", "*/*", "application/json", "application/problem+json", "text/html;q=0",
            "application/json, text/html;q=0.9", "text/html;q=x", "text/html;q=0.000",
        ])
    func programsGetJSON(field: String?) {
        #expect(!AcceptedTypes(field).prefersHTML)
    }
}
