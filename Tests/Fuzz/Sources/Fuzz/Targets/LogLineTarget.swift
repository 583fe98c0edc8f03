import Determinism
import Identifiers
import Intake

/// A line has one spelling: what was read, written again, is the line. So nothing of it was passed
/// over, and nothing stands in it that was not read.
enum LogLineTarget {
    static func run(_ input: [UInt8]) {
        guard let line = try? RequestLine(parsing: input) else { return }
        let isEnded = input.last == UInt8(ascii: "\n")
        let text = isEnded ? Array(input.dropLast()) : input
        demand(text.count <= RequestLine.maximumCount, "no line is longer than may be")
        demand(text.allSatisfy { (0x20...0x7E).contains($0) }, "what is taken is ASCII")
        demand((try? RequestLine(parsing: text)) == line, "the newline says nothing")
        demand(spellings(of: line).contains(text), "written again it is the line")
        demand(line.bytesIn >= 0 && line.bytesOut >= 0, "nothing was negative")
        demand(line.status.map { (100...599).contains($0) } ?? true, "a status is one")
        // Any time that a line can have is far enough from where numbers end.
        for now in [line.time.milliseconds, 0, 253_402_300_799_999] {
            try? AcceptHorizon.standard.admit(line.time, now: Timestamp(milliseconds: now))
        }
    }

    /// Without an answer there are two words for the status.
    private static func spellings(of line: RequestLine) -> [[UInt8]] {
        let statuses = line.status.map { [String($0)] } ?? ["-1", "0"]
        return statuses.map { status in
            Array(
                """
                {"v":1,"time":\(line.time.milliseconds),"id":"\(line.id)","edge":"\(line.edge)",\
                "frontend":"\(line.frontend)","start":\(line.start.microseconds),\
                "pid":\(line.start.process),"lc":\(line.number),\
                "key":"\(line.key?.description ?? "-")","service":"\(line.service ?? "-")",\
                "method":"\(line.method ?? "-")","status":\(status),"in":\(line.bytesIn),\
                "out":\(line.bytesOut),"request":\(line.times.request ?? -1),\
                "queue":\(line.times.queue ?? -1),"connect":\(line.times.connect ?? -1),\
                "response":\(line.times.response ?? -1),"active":\(line.times.active ?? -1)}
                """.utf8)
        }
    }
}
