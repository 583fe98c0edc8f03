import Glibc

/// An answer given past the daemon, to a connection that ends with it.
enum PlainAnswer {
    /// As much as the kernel takes at once; who does not listen is not waited for.
    static func send(_ response: HTTPResponse, to descriptor: Int32) {
        _ = bytes(response).withUnsafeBytes {
            Glibc.send(
                descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
    }

    /// Ends the connection. The reason phrase may be empty (RFC 9112 section 4).
    private static func bytes(_ response: HTTPResponse) -> [UInt8] {
        var head = "HTTP/1.1 \(response.status) \r\n"
        for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + response.body.bytes
    }
}
