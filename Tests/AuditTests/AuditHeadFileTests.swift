import Glibc
import Observability
import Storage
import TestSupport
import Testing

@testable import Audit

@Suite("the file of the newest head") struct AuditHeadFileTests {
    @Test("after each seal it holds the head and the key, for others to read")
    func content() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        #expect(try files.file.head() == nil)
        let sealer = world.newSealer(files.file)
        for _ in 0..<3 {
            try await world.write(2, sealer: sealer)
            #expect(try files.file.head() == (try await world.verify().head))
        }

        let fields = try #require(files.text).split(whereSeparator: \.isWhitespace)
        #expect(fields.count == 2 && fields[1].count == 64)
        var status = stat()
        #expect(stat(files.file.path, &status) == 0 && status.st_mode & 0o777 == 0o644)
        #expect(access(files.file.path + ".new", F_OK) != 0)
    }

    @Test("it never goes back, whoever writes when")
    func onlyForward() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        let sealers = (0..<4).map { _ in world.newSealer(files.file) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sealer in sealers {
                group.addTask {
                    let record = AuditRecord(action: .sessionRefreshed, outcome: .success)
                    var last: Int64 = 0
                    for _ in 0..<10 {
                        try await world.database.execute(record.insertion(at: world.now))
                        try await sealer.sealNow()
                        let position = try files.file.head()?.position ?? 0
                        #expect(position >= last && !sealer.isRefusing)
                        last = position
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await eventually { try await sealers[0].sealNow() == 0 })
        try await sealers[0].sealNow()

        let report = try await world.verify(through: [try #require(try files.file.head())])
        #expect(report.isClean && report.sealedRows == 40)
        #expect(try files.file.head()?.position == 40)
    }

    @Test("a head that is not further changes nothing, nor does one while another process writes")
    func advance() throws {
        func head(_ position: Int64, _ byte: UInt8) -> RememberedHead {
            let bytes = [UInt8](repeating: byte, count: 32)
            return RememberedHead(
                head: AuditHead(position: position, hash: bytes), publicKey: bytes)
        }
        let files = try HeadFiles()
        #expect(try files.file.advance(to: head(5, 1)))
        for other in [head(4, 2), head(5, 2)] {
            #expect(try files.file.advance(to: other))
            #expect(try files.file.read() == head(5, 1))
        }

        let folder = open(files.folder, O_RDONLY | O_CLOEXEC)
        #expect(flock(folder, LOCK_EX) == 0)
        #expect(try !files.file.advance(to: head(6, 1)))
        #expect(try files.file.read() == head(5, 1))
        flock(folder, LOCK_UN)
        close(folder)
        #expect(try files.file.advance(to: head(6, 1)))
        #expect(try files.file.read() == head(6, 1))
    }

    @Test("removed while gateways run, it is written again")
    func removed() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        let sealer = world.newSealer(files.file)
        try await world.write(2, sealer: sealer)
        unlink(files.file.path)

        try await sealer.sealNow()

        #expect(try files.file.head()?.position == 2)
    }

    @Test(
        "one that holds no head stops the sealing, aloud",
        arguments: ["", "x", "1:ab cd\n", "1:" + String(repeating: "0", count: 64) + "\n"])
    func malformed(text: String) async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        try files.write(text)
        let log = try CapturedLog()
        let sealer = world.newSealer(files.file, logger: log.logger)

        try await world.write(2, sealer: sealer)

        #expect(sealer.isRefusing && files.text == text)
        #expect(try await world.verify().sealedRows == 0)
        #expect(log.lines().contains { $0.contains("file of the newest head") })
        #expect(throws: AuditHeadFileError.malformed) { try files.file.head() }
    }

    @Test("where it cannot be written sealing goes on, and log and metric tell of it")
    func notWritable() async throws {
        let world = try await AuditWorld()
        let log = try CapturedLog()
        let metrics = MetricsRegistry()
        let file = AuditHeadFile(path: "/proc/none/audit.key.head")
        let sealer = world.newSealer(file, logger: log.logger, metrics: metrics)

        try await world.write(6, batch: 2, sealer: sealer)

        #expect(try await world.verify().sealedRows == 6 && !sealer.isRefusing)
        #expect(log.lines().count { $0.contains("was not kept") } == 1)
        #expect(!metrics.text().contains("sluice_audit_head_file_failures_total 0"))
    }
}
