import Determinism
import SuiNodeClient
import SuiProtocol

/// Asks each configured Sui node for its network and how far it has come.
enum NodeExamination {
    /// A node whose newest checkpoint is older follows the network badly, or the network stands.
    private static let lagLimitMilliseconds: Int64 = 30_000

    static func run(_ settings: NodeSettings) async -> [Examination] {
        guard !settings.endpoints.isEmpty else {
            return [.fine("node", "none configured; escrow and zkLogin are refused")]
        }
        let nodes = LiveParts.nodes(settings)
        let reports = await nodes.examine()
        return zip(settings.endpoints, reports).enumerated().map { index, pair in
            let (endpoint, report) = pair
            let shown = "\(MaskedURL.text(for: endpoint.url.text)) (\(endpoint.wire.rawValue))"
            return examination(report, part: "node \(index + 1)", shown, settings.chain)
        }
    }

    private static func examination(
        _ report: NodeReport, part: String, _ shown: String, _ expected: ChainIdentifier?
    ) -> Examination {
        switch report.outcome {
        case .silent(let why): return .failed(part, "\(shown): \(why)")
        case .wrongChain(let chain, let expected):
            return .failed(part, "\(shown): serves chain \(chain) instead of \(expected)")
        case .stands(let status):
            let lag = max(
                0, Surroundings.live.now().milliseconds - status.tipAt.milliseconds)
            let words = [
                "\(shown): chain \(status.chain)\(expected == nil ? " (unchecked)" : "")",
                "epoch \(status.epoch.number)", "tip \(status.tip)",
                "lag \(lag / 1000).\(lag % 1000 / 100) s", index(status),
                "answers in \(report.latencyMilliseconds) ms",
            ]
            let detail = words.compactMap { $0 }.joined(separator: ", ")
            return lag > lagLimitMilliseconds ? .warning(part, detail) : .fine(part, detail)
        }
    }

    /// Nil where the index has all.
    private static func index(_ status: NodeStatus) -> String? {
        let behind = status.tip - status.indexed
        let words = [
            behind > 0 ? "index \(behind) behind" : nil,
            status.firstAvailable > 0 ? "history from \(status.firstAvailable)" : nil,
        ].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
