import Determinism

/// Asks again and again until `condition` holds; false when it does not within the time.
///
/// A test waits for what it expects, never for a length of time.
public func eventually(
    within milliseconds: Int64 = 60_000, _ condition: @Sendable () async throws -> Bool
) async rethrows -> Bool {
    let deadline = Deadline.after(milliseconds: milliseconds)
    while true {
        if try await condition() { return true }
        if deadline.isPast { return false }
        try? await Task.sleep(nanoseconds: 10_000_000)
    }
}
