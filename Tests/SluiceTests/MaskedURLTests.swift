import Testing

@testable import sluice

@Suite struct MaskedURLTests {
    @Test(
        "what may be a secret is gone whole; what helps an operator stays",
        arguments: [
            ("postgresql://u:p@h:5432/d", "postgresql://u:********@h:5432/d"),
            ("postgresql://u@h/d?password=p", "postgresql://u@h/d?********"),
            ("postgresql://u:p@ss@h/d", "postgresql://u:********@h/d"),
            ("host=h password=p", "********"),
            ("https://node.host/graphql", "https://node.host/graphql"),
            ("https://node.host", "https://node.host"),
            ("https://node.host/k3y/graphql", "https://node.host/********"),
            ("https://node.host/?k=k3y", "https://node.host/?********"),
            ("https://a/k3y, https://b", "https://a/********,https://b"),
        ])
    func masked(url: String, expected: String) {
        #expect(MaskedURL.text(for: url) == expected)
    }
}
