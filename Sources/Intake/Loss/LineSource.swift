/// Where lines are numbered one after the other.
public struct LineSource: Hashable, Comparable, Sendable {
    public let edge: String
    public let frontend: String
    public let start: HAProxyStart

    public init(edge: String, frontend: String, start: HAProxyStart) {
        self.edge = edge
        self.frontend = frontend
        self.start = start
    }

    public init(of line: RequestLine) {
        self.init(edge: line.edge, frontend: line.frontend, start: line.start)
    }

    public static func < (left: LineSource, right: LineSource) -> Bool {
        (left.edge, left.frontend, left.start.microseconds, left.start.process)
            < (right.edge, right.frontend, right.start.microseconds, right.start.process)
    }
}
