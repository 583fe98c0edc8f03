import CMicroHTTPD
import Glibc
import Observability
import Synchronization

/// Accepts connections on a thread of its own and hands them to the daemon.
///
/// The daemon could listen itself, but then lets clients hang at its limit, and its way to stop
/// accepting aborts the process when it meets a worker doing the same at that moment.
final class Listener: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let wakeRead: Int32
    private let wakeWrite: Int32
    private let hasEnded = Atomic<Bool>(false)
    private let core: ServerCore

    init(_ core: ServerCore) throws(HTTPServerError) {
        self.core = core
        descriptor = try Self.listen(core.configuration)
        port = SocketAddress(localEndOf: descriptor)?.port ?? 0
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            let number = errno
            close(descriptor)
            throw .resourcesExhausted(errorNumber: number)
        }
        (wakeRead, wakeWrite) = (ends[0], ends[1])
        for end in [descriptor] + ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    /// - Parameter daemon: must outlive ``stop()``.
    func start(daemon: OpaquePointer) {
        let address = UInt(bitPattern: daemon)
        BackgroundThread.start { [self] in
            if let daemon = OpaquePointer(bitPattern: address) { run(daemon) }
            closePort()
            hasEnded.store(true, ordering: .releasing)
        }
    }

    /// Takes what the kernel has already accepted, then closes the port. Returns once no more
    /// connections reach the daemon.
    func stop() {
        var byte: UInt8 = 0
        write(wakeWrite, &byte, 1)
        while !hasEnded.load(ordering: .acquiring) { usleep(500) }
    }

    /// For a listener that was never started; one that was does this in ``stop()``.
    func closePort() {
        close(descriptor)
    }

    deinit {
        close(wakeRead)
        close(wakeWrite)
    }

    private static func listen(
        _ configuration: HTTPServerConfiguration
    ) throws(HTTPServerError) -> Int32 {
        let local = SocketAddress(address: configuration.address, port: configuration.port)
        let descriptor = socket(local.family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .resourcesExhausted(errorNumber: errno) }
        var yes: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard local.withPointer({ bind(descriptor, $0, $1) }) == 0,
            Glibc.listen(descriptor, configuration.backlog) == 0,
            fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0
        else {
            let number = errno
            close(descriptor)
            throw .bindFailed(
                address: configuration.address.description, port: configuration.port,
                errorNumber: number)
        }
        return descriptor
    }

    private func run(_ daemon: OpaquePointer) {
        var watched = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0),
        ]
        repeat {
            poll(&watched, 2, -1)
            acceptAll(daemon)
        } while watched[1].revents == 0
    }

    /// No more than the kernel's queue can hold, so that a flood cannot keep a stop from being
    /// seen.
    private func acceptAll(_ daemon: OpaquePointer) {
        for _ in 0..<core.configuration.backlog {
            var storage = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let accepted = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let accepted = accept(descriptor, address, &size)
                    if accepted >= 0 { admit(accepted, address, size, daemon) }
                    return accepted
                }
            }
            guard accepted >= 0 || errno == EINTR || errno == ECONNABORTED else {
                if errno != EAGAIN { waitForResources(errno) }
                return
            }
        }
    }

    private func admit(
        _ client: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t,
        _ daemon: OpaquePointer
    ) {
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard core.connections.count < core.connectionLimit.load(ordering: .relaxed) else {
            return refuse(client, from: SocketAddress(address)?.address)
        }
        // On failure the daemon has closed the descriptor.
        if MHD_add_connection(daemon, client, address, size) != .YES {
            core.logger.warning("connection not taken by the daemon")
        }
    }

    private func refuse(_ client: Int32, from peer: IPAddress?) {
        let head = HTTPRequest(method: "", target: "", peerAddress: peer)
        PlainAnswer.send(core.refusal(.connectionLimitReached, of: head), to: client)
        shutdown(client, Int32(SHUT_WR))
        close(client)
    }

    /// Out of descriptors or memory: what waits stays in the kernel's queue meanwhile.
    private func waitForResources(_ number: Int32) {
        core.logger.warning(
            "cannot accept connections", (name: "errno", value: .number(Int64(number))))
        poll(nil, 0, 100)
    }
}
