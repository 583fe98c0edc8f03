import Determinism
public import Identifiers
public import Storage
import SuiProtocol

extension ChargeEngine {
    /// Ends the wait before the engine asks for a signed operation's transactions again, and sends
    /// the same bytes where the chain does not know them. Nothing new is signed because of it.
    public func hasten(_ id: ChargeID) async throws(StorageError) {
        let digests = try await database.digests(of: id)
        let now = surroundings.now()
        for digest in digests {
            switch core.memory.sends[digest] {
            case .answered, .silent, .refused:
                core.memory.sends[digest] = .answered(askAgainAt: now)
            case .underWay, nil: break  // It is being asked, or will be in the next turn.
            }
        }
    }
}
