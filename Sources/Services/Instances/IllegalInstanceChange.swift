/// A change that the state of an instance does not allow.
public struct IllegalInstanceChange: Error, Hashable, Sendable {
    public let from: InstanceState
    public let on: InstanceEvent

    public init(from state: InstanceState, on event: InstanceEvent) {
        from = state
        on = event
    }
}
