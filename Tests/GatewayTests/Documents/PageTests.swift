import ByteCodecs
import Testing

@testable import Gateway

@Suite struct PageTests {
    @Test func docsTellOfEveryCallAndProblem() async {
        let page = await GatewayBench().send("GET", "/docs")

        #expect(page.status == 200)
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        for path in ["/v1/auth/challenge", "/v1/auth/sessions/{id}", "/v1/customer", "/ready"] {
            #expect(page.text.contains(path))
        }
        for code in ProblemCode.allCases { #expect(page.text.contains(code.rawValue)) }
    }

    @Test("pages load nothing and run nothing", arguments: ["/docs", "/problems/rate_limited"])
    func noOutsideAssets(path: String) async {
        let page = await GatewayBench().send("GET", path, [("Accept", "text/html")])

        for mark in ["<script", "<link", "<img", "<iframe", "@import", "url(", "src="] {
            #expect(!page.text.contains(mark), "\(mark)")
        }
        #expect(page.header("Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
    }

    @Test("every problem's type leads to its explanation", arguments: ProblemCode.allCases)
    func problems(code: ProblemCode) async throws {
        let bench = GatewayBench()
        let page = await bench.send("GET", code.path, [("Accept", "text/html")])
        let document = await bench.send("GET", code.path)

        #expect(page.text.contains(code.explanation.title.replacing("'", with: "&#39;")))
        #expect(try document.json()["status"] == .integer(Int64(code.status)))
        #expect(document.header("Vary") == "Accept")
    }

    @Test func unknownProblemsAreNone() async {
        #expect(await GatewayBench().send("GET", "/problems/nonsense").code == "problem_unknown")
        #expect(await GatewayBench().send("GET", "/problems/%3Cb%3E").code == "parameter_invalid")
    }

    @Test func textIsEscaped() {
        let text = "<script>\"'&"
        let html: HTML = "<b>\(text)</b>"

        #expect(html.markup == "<b>&lt;script&gt;&quot;&#39;&amp;</b>")
    }
}
