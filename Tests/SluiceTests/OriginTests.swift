import Testing

@testable import sluice

@Suite struct OriginTests {
    @Test(
        "one spelling for one origin",
        arguments: [
            ("https://App.Host", "https://app.host", "app.host"),
            ("https://app.host:443/", "https://app.host", "app.host"),
            ("http://app.host:80", "http://app.host", "app.host"),
            ("https://app.host:80", "https://app.host:80", "app.host:80"),
            ("http://[::1]:3000", "http://[::1]:3000", "[::1]:3000"),
        ])
    func canonical(text: String, origin: String, domain: String) {
        #expect(Origin(text)?.description == origin)
        #expect(Origin(text)?.domain == domain)
    }

    @Test(
        "anything but scheme, host and port is refused",
        arguments: [
            "", "*", "null", "app.host", "ftp://app.host", "https://", "https:///", "https://a/b",
            "https://a?b", "https://a#b", "https://u@a", "https://a:", "https://a:0",
            "https://a:65536", "https://a:080", "https://a b", "https://a\n", "https://é.host",
            "https://[::1", "https://a//",
        ])
    func refused(text: String) {
        #expect(Origin(text) == nil)
    }
}
