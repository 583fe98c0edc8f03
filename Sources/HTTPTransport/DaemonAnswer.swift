import CMicroHTTPD
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
        for (name, value) in response.headers
        where MHD_add_response_header(made, name, value) != .YES {
            logger.error("header left out of an answer", (name: "header", value: .text(name)))
        }
        if closing { MHD_add_response_header(made, "Connection", "close") }
        return MHD_queue_response(connection, UInt32(clamping: response.status), made)
    }

    private static func make(_ body: HTTPBody) -> OpaquePointer? {
        body.bytes.withUnsafeBytes { bytes in
            MHD_create_response_from_buffer(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                .RESPMEM_MUST_COPY)
        }
    }
}
