import CMicroHTTPD
import Glibc
import Observability

/// Hands an answer over to the daemon.
enum DaemonAnswer {
    /// - Parameter closing: whether this is the last answer on its connection.
    /// - Returns: `NO` where the daemon refused it; it then closes the connection.
    static func queue(
        _ response: HTTPResponse, on connection: OpaquePointer, closing: Bool, logger: Logger
    ) -> MHD_Result {
        guard let made = make(response.body) else { return .NO }
        defer { MHD_destroy_response(made) }  // The queue holds a reference of its own.
        add(response.headers, to: made, logger)
        if closing { MHD_add_response_header(made, "Connection", "close") }
        return MHD_queue_response(connection, UInt32(clamping: response.status), made)
    }

    private static func add(_ fields: HTTPFields, to made: OpaquePointer, _ logger: Logger) {
        fields.bytes.withUnsafeBytes { bytes in
            guard var text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            let end = text + bytes.count
            while text < end {
                let name = text
                let value = name + strlen(name) + 1
                text = value + strlen(value) + 1
                guard MHD_add_response_header(made, name, value) != .YES else { continue }
                logger.error(
                    "header left out of an answer",
                    (name: "header", value: .text(String(cString: name))))
            }
        }
    }

    private static func make(_ body: HTTPBody) -> OpaquePointer? {
        body.bytes.withUnsafeBytes { bytes in
            MHD_create_response_from_buffer(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                .RESPMEM_MUST_COPY)
        }
    }
}
