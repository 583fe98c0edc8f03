import Glibc
import Testing

@testable import Escrow

@Suite struct RestoreGuardTests {
    private static let leader = Generation(
        counter: 5, identity: "this", checkpoint: 70, serverStart: 1)

    private static func known(
        _ identity: String, _ generation: Int64 = 0, _ checkpoint: Int64 = -1
    ) -> KnownDatabase {
        KnownDatabase(identity: identity, generation: generation, checkpoint: checkpoint)
    }

    @Test(
        "only the database that was charged from is charged from without further ado",
        arguments: [
            (IdentityFile.Content?.some(.armed(known("this"))), true, RestoreGuard.Need.nothing),
            (.armed(known("this", 4, 70)), true, .nothing),
            (.armed(known("this", 4, 71)), true, .fence),
            (.armed(known("this", 5, 70)), true, .fence),
            (.armed(known("this", 4, 71)), false, .fence),
            (.armed(known("other", 4, 70)), true, .fence), (.armed(known("other")), false, .fence),
            (.fenced(known("this", 4, 70)), true, .catchUp(isFenced: true)),
            (.fenced(known("this", 4, 71)), true, .fence), (.fenced(known("other")), true, .fence),
            (nil, true, .fence), (nil, false, .catchUp(isFenced: false)),
        ])
    func need(content: IdentityFile.Content?, hasBatches: Bool, need: RestoreGuard.Need) {
        #expect(
            RestoreGuard.need(content, leader: Self.leader, hasBatches: hasBatches) == need)
    }

    @Test(
        "a leader that woke up writes over nothing that a later one wrote",
        arguments: [
            (IdentityFile.Content?.none, true), (.armed(known("this", 5, 90)), true),
            (.armed(known("this", 6, 0)), false), (.fenced(known("this", 6, 0)), false),
            (.fenced(known("other", 1, 0)), false),
        ])
    func keeping(content: IdentityFile.Content?, may: Bool) {
        #expect(RestoreGuard.mayKeep(content, leader: Self.leader) == may)
    }

    @Test(
        "who waits learns from an armed leader, but nothing that its own file is ahead of",
        arguments: [
            (IdentityFile.Content?.none, true), (.armed(known("other", 9, 99)), true),
            (.fenced(known("this", 5, 70)), true), (.armed(known("this")), true),
            (.armed(known("this", 9, 70)), true), (.armed(known("this", 5, 70)), false),
            (.armed(known("this", 5, 71)), false), (.fenced(known("this", 1, 71)), false),
        ])
    func adopting(content: IdentityFile.Content?, adopts: Bool) {
        #expect(RestoreGuard.adopts(Self.known("this", 5, 70), over: content) == adopts)
    }

    private static func withFile(_ body: (IdentityFile) throws -> Void) throws {
        var name = Array("/tmp/sluice-identity-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let file = IdentityFile(path: folder + "/identity")
        defer {
            unlink(file.path)
            rmdir(folder)
        }
        try body(file)
    }

    @Test("what is written is read, and takes the place of what was there")
    func roundTrip() throws {
        try Self.withFile { file in
            #expect(try file.read() == nil)
            let contents: [IdentityFile.Content] = [
                .fenced(Self.known("7/00000001/5/6", 12, -1)), .armed(Self.known("a", 1, .max)),
            ]
            for content in contents {
                try file.write(content)
                #expect(try file.read() == content)
            }
            #expect(access("\(file.path).new.\(getpid())", F_OK) != 0)
        }
    }

    private static func put(_ text: String, in file: IdentityFile) throws {
        let stream = try #require(fopen(file.path, "w"))
        fputs(text, stream)
        fclose(stream)
    }

    @Test("a file without figures names a database of which no more is known")
    func earlierForm() throws {
        try Self.withFile { file in
            try Self.put("armed 7/00000001/5/6\n", in: file)
            #expect(try file.read() == .armed(Self.known("7/00000001/5/6", 0, -1)))
        }
    }

    @Test(
        "a file that says something else says nothing",
        arguments: [
            "", "armed", "armed x", "aimed x\n", "armed x\ny\n", "armed\n", "armed \n",
            "armed x 1\n", "armed x 1 2 3\n", "armed x 1 two\n", "armed x 1  2\n",
            "armed x 1 99999999999999999999\n", "armed x 1 2",
        ])
    func malformed(text: String) throws {
        try Self.withFile { file in
            try Self.put(text, in: file)
            #expect(throws: IdentityFileError.malformed) { try file.read() }
        }
    }

    @Test("a folder that cannot be written to is an error with its cause")
    func unwritable() {
        let file = IdentityFile(path: "/nowhere/identity")
        #expect(throws: IdentityFileError.failed(step: "create", code: ENOENT)) {
            try file.write(.armed(Self.known("x")))
        }
    }
}
