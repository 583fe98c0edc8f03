/// Why a simulated node did not do what it was asked.
enum SimulatedNodeError: Error, Equatable, CustomStringConvertible {
    case unavailable(method: String)
    case unusable(method: String)

    var description: String {
        switch self {
        case .unavailable(let method): "the simulated node does not answer \(method)"
        case .unusable(let method): "the simulated node's answer to \(method) is of no use"
        }
    }
}
