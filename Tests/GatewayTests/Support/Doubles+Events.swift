import Intake
import Synchronization

@testable import Gateway

extension Doubles: UsageEventService {
    func take(
        _ events: [SentEvent], from sender: EventSender
    ) async throws(UsageEventError) -> EventOutcome {
        state.withLock { $0.sentEvents.append((events, sender)) }
        return try state.withLock { $0.outcome }.get()
    }
}
