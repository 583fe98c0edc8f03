import Determinism
import Glibc
import Observability
import TestSupport
import Testing

@testable import Intake

@Suite struct SpoolTests {
    private let folder: TemporaryFolder
    private let registry: MetricsRegistry
    private let metrics: IntakeMetrics
    private let clock = SimulatedWorld(seed: 3, now: IntakeWorld.moment)

    init() throws {
        folder = try TemporaryFolder()
        registry = MetricsRegistry()
        metrics = IntakeMetrics(registry)
    }

    private func open(limit: Int = 1 << 20) throws(SpoolError) -> Spool {
        try Spool(path: folder.path, limit: limit, metrics: metrics, logger: .disabled)
    }

    private func batch(_ messages: [[UInt8]]) -> LineBatch {
        let judge = LineJudge(
            budget: QuarantineBudget(), metrics: metrics, surroundings: clock.surroundings)
        var chunk = LineChunk()
        for message in messages {
            message.withUnsafeBufferPointer {
                judge.judge(
                    $0, from: Sender(source: "test", edge: nil), at: judge.now, into: &chunk)
            }
        }
        var batch = LineBatch(source: "tcp 127.0.0.1:5514", clock.surroundings)
        batch.append(chunk)
        return batch
    }

    private func files() throws -> [String] {
        try SpoolFile.names(folder.path).filter { $0.contains(".segment") }.sorted()
    }

    @Test("what was put in comes out, in order, also for another process")
    func order() throws {
        let first = batch(NumberedLines.lines(0..<3) + [Array("rubbish".utf8)])
        let second = batch(NumberedLines.lines(3..<5))
        do {
            let spool = try open()
            try spool.append(first)
            try spool.append(second)
        }

        let spool = try open()
        let oldest = try #require(spool.oldest)
        let read = try #require(try spool.read(oldest))
        #expect(read.id == first.id && read.source == first.source)
        #expect(read.receivedAt == first.receivedAt)
        #expect(read.chunks.flatMap(\.lines) == first.chunks.flatMap(\.lines))
        #expect(read.chunks.flatMap(\.refused) == first.chunks.flatMap(\.refused))
        spool.remove(oldest)
        let next = try #require(spool.oldest)
        #expect(try spool.read(next)?.id == second.id)
        spool.remove(next)
        #expect(spool.isEmpty)
        #expect(try files() == [])
    }

    @Test("beyond its limit it takes nothing, and takes again once something was removed")
    func limit() throws {
        let spool = try open(limit: 5000)
        try spool.append(batch(NumberedLines.lines(0..<10)))

        #expect(throws: SpoolError.full) {
            try spool.append(batch(NumberedLines.lines(10..<20)))
        }
        #expect(try files().count == 1)
        if let oldest = spool.oldest { spool.remove(oldest) }
        try spool.append(batch(NumberedLines.lines(10..<20)))
    }

    @Test("a folder is of one process at a time")
    func shared() throws {
        let spool = try open()

        #expect(throws: SpoolError.inUse(path: folder.path)) { try open() }
        #expect(spool.isEmpty)
    }

    @Test("what was never finished is removed and not believed")
    func unfinished() throws {
        try folder.write(Array("half".utf8), to: "00000000000000000007.segment.part")

        #expect(try open().isEmpty)
        #expect(try files() == [])
    }

    @Test("of a segment that is cut anywhere, what is before the cut is taken, and no more")
    func torn() throws {
        let whole = SpoolSegment.bytes(of: batch(NumberedLines.lines(0..<5)))

        for count in 0..<whole.count {
            let content = SpoolSegment.read(Array(whole[..<count]))
            let lines = content?.batch.chunks.flatMap(\.lines) ?? []
            #expect(lines.map(\.number) == Array(0..<UInt32(lines.count)))
            #expect(lines.count < 5)
        }
        #expect(SpoolSegment.read(whole)?.isDamaged == false)
    }

    @Test("a byte that changed on the disk is found, wherever it is")
    func changed() throws {
        let whole = SpoolSegment.bytes(of: batch(NumberedLines.lines(0..<3)))

        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 0x20
            let content = SpoolSegment.read(bytes)
            #expect(content?.isDamaged ?? true, "byte \(place)")
        }
    }

    @Test("a damaged segment gives what is left of it, and is kept beside")
    func damaged() throws {
        var bytes = SpoolSegment.bytes(of: batch(NumberedLines.lines(0..<3)))
        bytes[bytes.count - 10] ^= 1
        try folder.write(bytes, to: "00000000000000000001.segment")
        try folder.write(Array("nothing of ours".utf8), to: "00000000000000000002.segment")

        let spool = try open()
        let first = try #require(spool.oldest)
        #expect(try spool.read(first)?.lineCount == 2)
        spool.remove(first)
        let second = try #require(spool.oldest)
        #expect(try spool.read(second) == nil)
        spool.remove(second)

        #expect(try files().map { $0.hasSuffix(".damaged") } == [true, true])
    }

    @Test("what is damaged takes no more room than the spool may, and says how much")
    func damagedLimit() throws {
        for number in 1...3 {
            try folder.write(
                [UInt8](repeating: 1, count: 400), to: "0000000000000000000\(number).segment")
        }
        let spool = try open(limit: 1000)
        while let oldest = spool.oldest {
            #expect(try spool.read(oldest) == nil)
            spool.remove(oldest)
        }

        #expect(try files().count == 2)
        #expect(registry.text().contains("\nsluice_intake_spool_damaged_bytes 800\n"))
        #expect(registry.text().contains("\nsluice_intake_spool_damaged_total 3\n"))
    }

    @Test("the checksum is the one of the standard")
    func checksum() {
        // Source: RFC 3720, appendix B.4.
        #expect(CRC32C.sum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.sum(Array(UInt8(0)..<32)) == 0x46DD_794E)
        #expect(CRC32C.sum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.sum([]) == 0)
    }
}
