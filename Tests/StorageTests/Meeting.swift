import Synchronization
import TestSupport

/// Lets nobody go on before all have come, or two minutes have passed: a test whose other half
/// failed shall fail too, and not hang.
final class Meeting: Sendable {
    private let size: Int
    private let arrived = Atomic(0)

    init(of size: Int) { self.size = size }

    var count: Int { arrived.load(ordering: .sequentiallyConsistent) }

    func arrive() async {
        note()
        _ = await eventually(within: 120_000) { count >= size }
    }

    /// Comes, and waits for nobody.
    func note() { arrived.wrappingAdd(1, ordering: .sequentiallyConsistent) }
}
