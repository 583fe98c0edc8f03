/// A further page of a list that belongs to one thing.
public struct NodeContinuation<Element: Sendable>: Sendable {
    public let elements: [Element]
    /// Where the next page begins; nil after the last one.
    public let next: String?

    init(_ elements: [Element], next: String?) {
        self.elements = elements
        self.next = next
    }
}
