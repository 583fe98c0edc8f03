/// An answer as bytes, for a connection that the daemon never saw.
enum PlainAnswer {
    /// Ends the connection. The reason phrase may be empty (RFC 9112 section 4).
    static func bytes(_ response: HTTPResponse) -> [UInt8] {
        var head = "HTTP/1.1 \(response.status) \r\n"
        for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + response.body.bytes
    }
}
