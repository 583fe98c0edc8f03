import CMicroHTTPD
import Glibc

/// The C library's side of a server: its settings and the four functions that it calls.
enum Daemon {
    /// Connections that the daemon takes beyond our own limit, which is checked on accepting
    /// while those just handed over are not yet counted.
    private static let slack = 1024

    /// - Returns: nil when threads or memory are missing; `errno` says which.
    static func start(_ core: ServerCore) -> OpaquePointer? {
        let configuration = core.configuration
        var settings = sluice_mhd_settings()
        settings.threads = UInt32(clamping: configuration.threads)
        settings.connection_limit = UInt32(clamping: configuration.connectionLimit + slack)
        settings.memory_per_connection = configuration.memoryPerConnection
        settings.context = Unmanaged.passUnretained(core).toOpaque()
        settings.message = message
        settings.target_read = targetRead
        settings.handle = handle
        settings.request_ended = requestEnded
        settings.connection_changed = connectionChanged
        return sluice_mhd_start(&settings)
    }

    /// How the daemon's log begins a message on an answer in words of its own: that it gives one is
    /// told nowhere else, and no callback comes between it and the sending. Nothing else of the log
    /// is kept; most of it is about clients that leave.
    private static let ownAnswer = "Error processing request"

    private static let message: MHD_LogCallback = { context, format, _ in
        guard let context, let format, strncmp(format, ownAnswer, ownAnswer.utf8.count) == 0
        else { return }
        Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue().metrics.refusedByParser()
    }

    private static let connectionChanged: MHD_NotifyConnectionCallback = {
        context, connection, slot, change in
        guard let context, let connection, let slot else { return }
        let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
        switch change {
        case .CONNECTION_NOTIFY_STARTED:
            let record = ConnectionRecord(
                descriptor: sluice_mhd_descriptor(connection),
                peerAddress: SocketAddress(sluice_mhd_peer(connection))?.address)
            core.connections.insert(record)
            slot.pointee = Unmanaged.passRetained(record).toOpaque()
        case .CONNECTION_NOTIFY_CLOSED:
            guard let held = slot.pointee else { return }
            let record = Unmanaged<ConnectionRecord>.fromOpaque(held).takeRetainedValue()
            slot.pointee = nil
            record.descriptorWillClose()  // The library closes it right after this call.
            core.connections.remove(record)
        }
    }

    /// Called with the target as sent. What it returns comes back in `handle` and `requestEnded`,
    /// the latter also when the request never became whole.
    private static let targetRead:
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
        ) -> UnsafeMutableRawPointer? = { context, target, connection in
            guard let context, let connection,
                let held = sluice_mhd_connection_context(connection)
            else { return nil }
            let exchange = Exchange(
                core: Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue(),
                record: Unmanaged<ConnectionRecord>.fromOpaque(held).takeUnretainedValue(),
                target: target)
            sluice_mhd_hide_cookies(connection)
            exchange.targetWasRead(on: sluice_mhd_descriptor(connection))
            return Unmanaged.passRetained(exchange).toOpaque()
        }

    private static let handle: MHD_AccessHandlerCallback = {
        _, connection, _, method, version, upload, uploadCount, slot in
        guard let connection, let method, let version, let uploadCount, let held = slot?.pointee
        else { return .NO }
        let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
        let bytes = UnsafeRawBufferPointer(start: upload, count: uploadCount.pointee)
        uploadCount.pointee = 0  // All of it is taken.
        return exchange.proceed(
            Exchange.Call(
                connection: connection, method: method, version: version, upload: bytes))
    }

    private static let requestEnded: MHD_RequestCompletedCallback = { _, _, slot, _ in
        guard let slot, let held = slot.pointee else { return }
        slot.pointee = nil
        let exchange = Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue()
        exchange.end()
    }
}
