/// `/problems/{code}` for people.
enum ProblemPage {
    static func bytes(_ code: ProblemCode) -> [UInt8] {
        let explanation = code.explanation
        let others = ProblemCode.allCases.map { other -> HTML in
            "<li><a href=\"\(other.path)\">\(other.rawValue)</a></li>"
        }
        return PageFrame.bytes(
            title: "\(code.rawValue): \(explanation.title)",
            navigation: """
                <a href="/docs"><strong>sluice API</strong></a><h2>Problems</h2><ul>\(others)</ul>
                """,
            content: """
                <h1>\(explanation.title)</h1>
                <p class="soft">Status \(code.status), code <code>\(code.rawValue)</code></p>
                <h4>What it means</h4><p>\(explanation.meaning)</p>
                <h4>What to do</h4><p>\(explanation.remedy)</p>
                """)
    }
}
