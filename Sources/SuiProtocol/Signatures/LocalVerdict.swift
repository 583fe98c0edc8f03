/// How far a signature could be judged without a node. Refusals are errors.
public enum LocalVerdict: Sendable, Equatable {
    case valid
    /// Well formed, of the right address and signed by the keys it names, but a zkLogin proof
    /// holds only against the chain's present state: ask a node, and only now.
    case needsNode
}
