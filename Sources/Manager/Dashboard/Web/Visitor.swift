import ByteCodecs
import Cryptography

/// Who uses the dashboard: an operator in a browser, or a tool with an operator's secret.
struct Visitor: Sendable {
    let name: String
    /// What every form of this session carries, and a page of others cannot know; empty for a tool,
    /// whose secret no browser adds by itself.
    let csrf: String
    /// The session's; nil for a tool.
    let token: [UInt8]?

    init(tool name: String) {
        self.name = name
        csrf = ""
        token = nil
    }

    /// - Returns: nil where the library fails.
    init?(name: String, token: [UInt8]) {
        guard let code = try? HMACSHA256.code(for: Array("sluice csrf".utf8), key: token) else {
            return nil
        }
        self.name = name
        self.token = token
        csrf = Base64.encodeURL(code)
    }

    func mayAct(_ given: String?) -> Bool {
        token == nil || ConstantTime.equal(Array((given ?? "").utf8), Array(csrf.utf8))
    }
}
