/// One thing asked in a request, under its name in the wire format.
struct NodeQuestion {
    let operation: NodeOperation
    let method: String

    func isMeant(by name: String?) -> Bool {
        name == nil || name == operation.rawValue || name == method
    }
}
