/// Why an event is not counted. It may be sent again: its id is not used up.
public enum EventRefusal: String, Sendable, CaseIterable {
    /// No request can have been like this.
    case invalid = "event_invalid"
    case tooOld = "event_too_old"
    case inFuture = "event_in_future"
    case customerUnknown = "customer_unknown"
    case serviceUnknown = "service_unknown"
}

/// What became of events that were sent together.
public struct EventOutcome: Sendable, Equatable {
    /// An event that is not counted, by its id.
    public struct Rejected: Sendable, Equatable {
        public let id: String
        public let reason: EventRefusal

        public init(id: String, reason: EventRefusal) {
            self.id = id
            self.reason = reason
        }
    }

    /// Stored now.
    public var accepted: Int
    /// Of an id that has counted already.
    public var duplicates: Int
    public var rejected: [Rejected]

    public init(accepted: Int = 0, duplicates: Int = 0, rejected: [Rejected] = []) {
        self.accepted = accepted
        self.duplicates = duplicates
        self.rejected = rejected
    }
}
