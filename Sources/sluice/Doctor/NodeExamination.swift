import ByteCodecs
import HTTPTransport

/// Asks each configured Sui node the least that can be asked.
enum NodeExamination {
    static func run(_ settings: NodeSettings) async -> [Examination] {
        guard !settings.graphQLURLs.isEmpty else {
            return [.fine("node", "none configured; zkLogin signatures are refused")]
        }
        let client = HTTPClient()
        defer { client.close() }
        var found: [Examination] = []
        for (index, url) in settings.graphQLURLs.enumerated() {
            let part = "node \(index + 1)"
            let shown = MaskedURL.text(for: url.text)
            let problem = await problem(url.text, client)
            found.append(
                problem.map { .failed(part, "\(shown): \($0)") } ?? .fine(part, "\(shown) answers"))
        }
        return found
    }

    /// - Returns: nil when the node answers as a GraphQL service of Sui does.
    private static func problem(_ url: String, _ client: HTTPClient) async -> String? {
        let query: JSONValue = ["query": "{ chainIdentifier }"]
        let request = HTTPClientRequest(
            method: "POST", url: url, headers: [("Content-Type", "application/json")],
            body: query.serialized())
        do throws(HTTPClientError) {
            let answer = try await client.send(request)
            guard answer.status == 200 else { return "status \(answer.status)" }
            guard case .object(let object)? = try? JSONValue.parse(answer.body),
                case .object(let data)? = object["data"], case .string? = data["chainIdentifier"]
            else { return "is no GraphQL service of Sui" }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
