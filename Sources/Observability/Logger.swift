public import Determinism

/// Writes JSON lines at or above a level, each with what this logger was told it concerns.
public struct Logger: Sendable {
    private let writer: LogWriter?
    private let level: LogLevel
    private let now: @Sendable () -> Timestamp
    private let context: [(name: String, value: LogValue)]

    public init(
        writer: LogWriter, level: LogLevel = .info,
        now: @escaping @Sendable () -> Timestamp = Surroundings.live.now
    ) {
        self.init(writer: writer, level: level, now: now, context: [])
    }

    private init(
        writer: LogWriter?, level: LogLevel, now: @escaping @Sendable () -> Timestamp,
        context: [(name: String, value: LogValue)]
    ) {
        self.writer = writer
        self.level = level
        self.now = now
        self.context = context
    }

    /// Writes nothing.
    public static let disabled = Logger(
        writer: nil, level: .error, now: Surroundings.live.now, context: [])

    /// A logger whose lines all carry `fields` as well.
    public func with(_ fields: (name: String, value: LogValue)...) -> Logger {
        Logger(writer: writer, level: level, now: now, context: context + fields)
    }

    public func isEnabled(_ wanted: LogLevel) -> Bool {
        writer != nil && wanted >= level
    }

    public func debug(_ message: String, _ fields: (name: String, value: LogValue)...) {
        write(.debug, message, fields)
    }

    public func info(_ message: String, _ fields: (name: String, value: LogValue)...) {
        write(.info, message, fields)
    }

    public func warning(_ message: String, _ fields: (name: String, value: LogValue)...) {
        write(.warning, message, fields)
    }

    public func error(_ message: String, _ fields: (name: String, value: LogValue)...) {
        write(.error, message, fields)
    }

    /// For the line of each request: formats straight what `fields` adds.
    ///
    /// - Parameter fields: is not run where the line is not wanted.
    public func write(
        _ level: LogLevel, _ message: String, _ fields: (inout LogLine) -> Void
    ) {
        guard let writer, level >= self.level else { return }
        var line = LogLine(time: now(), level: level, message: message)
        for field in context { line.add(field) }
        fields(&line)
        line.end()
        writer.append(line)
    }

    private func write(
        _ level: LogLevel, _ message: String, _ fields: [(name: String, value: LogValue)]
    ) {
        write(level, message) { line in
            for field in fields { line.add(field) }
        }
    }
}
