import Testing

@testable import sluice

@Suite struct EnvironmentFileTests {
    @Test("comments, blanks, export and both kinds of quotes are understood")
    func forms() throws {
        let text = """
            # a comment
            A=plain # not part of it

              export B = "with \\"quotes\\", \\$5 and\\nlines"  # said
            C='as $it \\n is'
            D=
            E=a=b#c
            """
        let values = try EnvironmentFile.parse(text, path: "x")
        #expect(
            values == [
                "A": "plain", "B": "with \"quotes\", $5 and\nlines", "C": "as $it \\n is", "D": "",
                "E": "a=b#c",
            ])
    }

    @Test("every line that is not understood is named by number, and its text is not repeated")
    func refusals() throws {
        let text = "GOOD=1\nhunter2\n=hunter2\n9X=hunter2\nQ=\"hunter2\nGOOD=hunter2\nS='hunter2' 3"
        do {
            _ = try EnvironmentFile.parse(text, path: "f.env")
            Issue.record("it was read")
        } catch {
            #expect(error.problems.map(\.subject) == [2, 3, 4, 5, 6, 7].map { "f.env line \($0)" })
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test(
        "what is written is read again as it was",
        arguments: [
            "plain", "", "two words", "quote\"s", "back\\slash", "dollar$", "#no comment", "a\nb",
            "'single'", " edges ", "\\n",
        ])
    func roundTrip(value: String) throws {
        let line = EnvironmentFile.line("NAME", value)
        #expect(try EnvironmentFile.parse(line, path: "x") == ["NAME": value])
    }

    @Test("a file that others can read is refused", arguments: [0o640, 0o604, 0o620, 0o601])
    func openFile(mode: UInt32) throws {
        let file = try TemporaryFile("SECRET=hunter2", mode: mode)
        do {
            _ = try EnvironmentFile.read(file.path)
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains(file.path))
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test("a private file is read; one that does not exist is nothing; a directory is refused")
    func kinds() throws {
        let file = try TemporaryFile("A=1")
        #expect(try EnvironmentFile.read(file.path) == ["A": "1"])
        #expect(try EnvironmentFile.read(file.path + ".missing") == nil)
        #expect(throws: ConfigurationRefusal.self) { try EnvironmentFile.read("/tmp") }
    }

    @Test("bytes that are no UTF-8 are refused, not guessed")
    func notText() throws {
        #expect(throws: ConfigurationRefusal.self) {
            try EnvironmentFile.read("/dev/null")  // No regular file either.
        }
    }
}
