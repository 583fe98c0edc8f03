/// Windows of all sources in a batch of lines.
public struct LossWindows: Hashable, Sendable {
    public private(set) var windows: [LineSource: LossWindow] = [:]

    public init() {}

    /// - Parameter line: one that was stored now, and not before.
    public mutating func add(_ line: RequestLine) {
        let source = LineSource(of: line)
        if windows[source]?.add(line.number) == nil {
            windows[source] = LossWindow(beginningWith: line.number)
        }
    }

    /// Takes another batch's windows in.
    public mutating func merge(_ other: LossWindows) {
        windows.merge(other.windows) { mine, theirs in
            var merged = mine
            merged.merge(theirs)
            return merged
        }
    }
}
