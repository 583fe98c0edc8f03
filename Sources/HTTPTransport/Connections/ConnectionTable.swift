import Synchronization

/// The open connections.
final class ConnectionTable: Sendable {
    private let records = Mutex<[ObjectIdentifier: ConnectionRecord]>([:])

    var count: Int { records.withLock { $0.count } }

    /// A copy, so that looking at each holds up nobody who opens or closes one.
    var all: [ConnectionRecord] { records.withLock { Array($0.values) } }

    func insert(_ record: ConnectionRecord) {
        records.withLock { $0[ObjectIdentifier(record)] = record }
    }

    func remove(_ record: ConnectionRecord) {
        records.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(record)) }
    }
}
