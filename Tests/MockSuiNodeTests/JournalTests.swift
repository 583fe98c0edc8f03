import ByteCodecs
import Glibc
import SuiProtocol
import Testing

@testable import MockSuiNode

@Suite struct JournalTests {
    /// A file of its own, gone afterwards.
    private func withJournal(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/mock-journal-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let path = folder + "/journal"
        defer {
            unlink(path)
            rmdir(folder)
        }
        try body(path)
    }

    @Test("a chain comes back as it was, and an execution that nobody heard of with it")
    func replay() throws {
        try withJournal { path in
            let first = try NodeWorld { $0.journalPath = path }
            try first.fund()
            let (data, parameters) = try first.payment()
            try first.fail(["fault": "answer_lost", "probability": 1, "method": "execute"])
            _ = first.rawRPC("sui_executeTransactionBlock", parameters)
            _ = try first.rpc("mock_advanceEpoch")
            try first.pass()
            let before = try first.rpc("mock_dump")

            let second = try NodeWorld { $0.journalPath = path }

            #expect(try second.rpc("mock_dump") == before)
            let found = try second.rpc("sui_getTransactionBlock", ["\(data.digest)"])
            #expect(found["digest"] == "\(data.digest)")
        }
    }

    @Test("a torn last line is cut off; one torn before is an error")
    func torn() throws {
        try withJournal { path in
            let first = try NodeWorld { $0.journalPath = path }
            try first.fund()
            let before = try first.rpc("mock_dump")
            try append("{\"execute\":{\"by", to: path)

            #expect(try NodeWorld { $0.journalPath = path }.rpc("mock_dump") == before)
            try append("{\"execute\":{\"by\n", to: path)
            #expect(throws: JournalError.self) { try NodeWorld { $0.journalPath = path } }
        }
    }

    @Test("another chain's journal is refused")
    func otherChain() throws {
        try withJournal { path in
            _ = try NodeWorld { $0.journalPath = path }
            #expect(throws: JournalError.otherChain) {
                try NodeWorld {
                    $0.journalPath = path
                    $0.seed = 8
                }
            }
        }
    }

    private func append(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "a"))
        fputs(text, file)
        fclose(file)
    }
}
