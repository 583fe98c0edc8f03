import Gateway
import Services

/// Where no edge reports what it has: there is none to wait for.
struct UnreportedEdges: EdgeService {
    func standings(having mark: TransactionMark) async -> [EdgeStanding] { [] }
}
