import Determinism
import Glibc
import Observability
import Synchronization

/// Resolves names without trusting the resolver to come back.
///
/// `getaddrinfo` has no deadline, and libpq would call it inside `PQconnectPoll`. Here a thread of
/// its own waits for it; at most one per name, however often it is asked.
final class HostResolver: Sendable {
    private let lookups = Mutex<[String: Monitor<[String]?>]>([:])
    private let resolve: @Sendable (_ name: String) -> [String]

    /// - Parameter resolve: may take any time.
    init(resolve: @escaping @Sendable (_ name: String) -> [String] = { systemAddresses($0) }) {
        self.resolve = resolve
    }

    /// Numeric addresses in the order of preference; empty when there is none in time.
    func addresses(of name: String, until deadline: Deadline) -> [String] {
        let (lookup, isNew) = lookups.withLock { lookups in
            if let running = lookups[name] { return (running, false) }
            let lookup = Monitor<[String]?>(nil)
            lookups[name] = lookup
            return (lookup, true)
        }
        if isNew {
            BackgroundThread.start {
                let found = self.resolve(name)
                self.lookups.withLock { $0[name] = nil }
                lookup.update { $0 = found }
            }
        }
        return lookup.wait(until: deadline) { $0 } ?? []
    }

    static func systemAddresses(_ name: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let current = entry?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let result = getnameinfo(
                current.ai_addr, current.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            if result == 0 {
                let length = text.firstIndex(of: 0) ?? 0
                addresses.append(
                    String(decoding: text[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self))
            }
            entry = current.ai_next
        }
        return addresses
    }
}
