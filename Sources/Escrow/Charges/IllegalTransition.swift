/// An event that a state has no place for.
public struct IllegalTransition: Error, Hashable, Sendable {
    public let from: Charge.State
    public let on: Charge.Event

    public init(from: Charge.State, on: Charge.Event) {
        self.from = from
        self.on = on
    }
}
