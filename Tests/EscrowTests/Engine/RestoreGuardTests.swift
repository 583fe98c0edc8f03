import Glibc
import Testing

@testable import Escrow

@Suite struct RestoreGuardTests {
    @Test(
        "only the database that was charged from is charged from without further ado",
        arguments: [
            (IdentityFile.Content?.some(.armed("this")), true, RestoreGuard.Need.nothing),
            (.armed("other"), true, .fence), (.armed("other"), false, .fence),
            (.fenced("this"), true, .catchUp(isFenced: true)), (.fenced("other"), true, .fence),
            (nil, true, .fence), (nil, false, .catchUp(isFenced: false)),
        ])
    func need(content: IdentityFile.Content?, hasBatches: Bool, need: RestoreGuard.Need) {
        #expect(
            RestoreGuard.need(content, identity: "this", hasBatches: hasBatches) == need)
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
            for content in [IdentityFile.Content.fenced("7/00000001/5/6"), .armed("a b")] {
                try file.write(content)
                #expect(try file.read() == content)
            }
            #expect(access(file.path + ".new", F_OK) != 0)
        }
    }

    @Test(
        "a file that says something else says nothing",
        arguments: ["", "armed", "armed x", "aimed x\n", "armed x\ny\n", "armed\n"])
    func malformed(text: String) throws {
        try Self.withFile { file in
            let stream = try #require(fopen(file.path, "w"))
            fputs(text, stream)
            fclose(stream)
            #expect(throws: IdentityFileError.malformed) { try file.read() }
        }
    }

    @Test("a folder that cannot be written to is an error with its cause")
    func unwritable() {
        let file = IdentityFile(path: "/nowhere/identity")
        #expect(throws: IdentityFileError.failed(step: "create", code: ENOENT)) {
            try file.write(.armed("x"))
        }
    }
}
