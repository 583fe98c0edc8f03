import Observability
import SuiNodeClient

/// Whether the configured nodes are of the configured network, before anything relies on them.
enum ChainCheck {
    /// A node of another network is a mistake of whoever configured it, and nothing starts with
    /// it; one that is away is not, and is checked when it answers.
    static func passes(_ nodes: SuiNodes, _ logger: Logger) async -> Bool {
        var passes = true
        for report in await nodes.checkChain() {
            switch report.outcome {
            case .stands: continue
            case .silent(let why):
                logger.warning(
                    "node does not answer", ("endpoint", .text(report.endpoint)),
                    ("why", .text(why)))
            case .wrongChain(let chain, let expected):
                passes = false
                logger.error(
                    "node serves another network than the configured one",
                    ("endpoint", .text(report.endpoint)), ("chain", .text(chain)),
                    ("expected", .text(expected)))
            }
        }
        return passes
    }
}
