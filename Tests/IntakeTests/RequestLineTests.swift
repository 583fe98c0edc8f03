import Determinism
import Identifiers
import Testing

@testable import Intake

@Suite struct RequestLineTests {
    @Test func everyMemberIsRead() throws {
        let line = try RequestLine(parsing: LineText.with())

        #expect(line.time == Timestamp(milliseconds: 1_795_246_453_050))
        #expect(line.id.description == LineText.id)
        #expect(line.edge == "edge-1" && line.frontend == "seal")
        #expect(line.start == HAProxyStart(microseconds: 1_795_246_453_000_000, process: 25366))
        #expect(line.number == 7)
        #expect(line.key?.description == LineText.key)
        #expect(line.service == "seal" && line.method == "POST" && line.status == 200)
        #expect(line.bytesIn == 82 && line.bytesOut == 4096)
        #expect(
            line.times
                == RequestTimes(request: 0, queue: 1, connect: 2, response: 3, active: 6))
        #expect(
            line.identity == LineIdentity(time: line.time, edge: "edge-1", id: line.id))
    }

    @Test func whatHAProxyDidNotKnowIsNil() throws {
        #expect(try RequestLine(parsing: LineText.with(.key, "\"-\"")).key == nil)
        #expect(try RequestLine(parsing: LineText.with(.service, "\"-\"")).service == nil)
        #expect(try RequestLine(parsing: LineText.with(.method, "\"-\"")).method == nil)
        #expect(try RequestLine(parsing: LineText.with(.status, "-1")).status == nil)
        #expect(try RequestLine(parsing: LineText.with(.status, "0")).status == nil)
        #expect(try RequestLine(parsing: LineText.with(.response, "-1")).times.response == nil)
    }

    @Test("what HAProxy itself wrote is taken, line by line, with the statuses it answered")
    func recorded() throws {
        let lines = try RecordedStream.lines().map { try RequestLine(parsing: $0) }

        #expect(lines.map(\.status) == RecordedStream.statuses)
        #expect(lines.map(\.number) == Array(0..<10))
        #expect(Set(lines.map(\.id)).count == 10)
        #expect(Set(lines.map(\.start)).count == 1)
        #expect(lines[0].key == nil)
        #expect(lines[1].key != nil && lines[1].key == lines[2].key)
        #expect(lines[5].service == nil && lines[5].method == nil)
        #expect(lines[6].method == "AMETHODTHATISMUC")
        #expect(lines.filter(\.isSuccessful).count == 2)
    }

    @Test("a newline at the end is no part of the line; a second one is")
    func newline() throws {
        let line = LineText.with()

        #expect(
            try RequestLine(parsing: line + [10]) == RequestLine(parsing: line))
        #expect(throws: LineRefusal.trailingBytes(offset: line.count)) {
            try RequestLine(parsing: line + [10, 10])
        }
    }

    @Test(
        "only 2xx and 3xx cost", arguments: [(199, false), (200, true), (399, true), (400, false)])
    func success(status: Int, isSuccessful: Bool) throws {
        let line = try RequestLine(parsing: LineText.with(.status, "\(status)"))

        #expect(line.isSuccessful == isSuccessful)
    }
}
