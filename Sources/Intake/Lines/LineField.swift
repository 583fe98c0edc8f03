/// Members of a log line, named as the line names them, in the line's order. The log format is
/// in `Config/haproxy/haproxy.cfg`.
public enum LineField: String, Sendable, CaseIterable {
    case version = "v"
    case time, id, edge, frontend, start
    case process = "pid"
    case number = "lc"
    case key, service, method, status
    case bytesIn = "in"
    case bytesOut = "out"
    case request, queue, connect, response, active
}
