import Testing

@testable import sluice

@Suite struct ArgumentParserTests {
    private static let name = OptionSpecification.required("--name", "NAME", "A name.")
    private static let color = OptionSpecification.value("--color", "COLOR", "A color.")
    private static let loud = OptionSpecification.flag("--loud", "Be loud.")

    private static let parser = ArgumentParser(
        root: CommandSpecification(
            group: "tool", "A tool.",
            subcommands: [
                CommandSpecification("paint", "Paint.", options: [name, color, loud]) { _ in .done
                },
                CommandSpecification(
                    group: "keys", "Keys.",
                    subcommands: [CommandSpecification("rotate", "Rotate.") { _ in .done }]),
            ]))

    private func arguments(_ words: [String]) throws -> ParsedArguments? {
        guard case .run(_, _, let parsed) = try Self.parser.parse(words) else { return nil }
        return parsed
    }

    @Test("a value may follow its option or be attached, and may be empty when attached")
    func values() throws {
        let apart = try #require(try arguments(["paint", "--name", "a", "--color", "red"]))
        #expect(apart.value(Self.name) == "a" && apart.value(Self.color) == "red")
        #expect(!apart.has(Self.loud))

        let attached = try #require(try arguments(["paint", "--color=", "--name=a=b", "--loud"]))
        #expect(attached.value(Self.name) == "a=b" && attached.value(Self.color) == "")
        #expect(attached.has(Self.loud))
    }

    @Test("a value that begins with one dash is a value")
    func negativeValue() throws {
        #expect(try arguments(["paint", "--name", "-1"])?.value(Self.name) == "-1")
    }

    @Test(
        "what is not understood is refused by name",
        arguments: [
            (["pain"], UsageError.unknownCommand("pain", suggestion: "paint")),
            (["zzzzzz"], .unknownCommand("zzzzzz", suggestion: nil)),
            (["keys"], .missingCommand(after: "tool keys")),
            (["keys", "rotat"], .unknownCommand("rotat", suggestion: "rotate")),
            (["--lod"], .unknownOption("--lod", suggestion: nil)),
            (["paint", "--nmae", "x"], .unknownOption("--nmae", suggestion: "--name")),
            (["paint", "-x"], .unknownOption("-x", suggestion: nil)),
            (["paint", "--name"], .missingValue(option: "--name", valueName: "NAME")),
            (["paint", "--name", "--loud"], .missingValue(option: "--name", valueName: "NAME")),
            (["paint", "--name", "a", "--name=b"], .duplicateOption("--name")),
            (["paint", "--loud", "--name", "a", "--loud"], .duplicateOption("--loud")),
            (["paint", "--loud=yes", "--name", "a"], .unexpectedValue(option: "--loud")),
            (["paint", "--loud"], .missingOption("--name")),
            (["paint", "--name", "a", "more"], .unexpectedArgument("more")),
            (["paint", "--name", "a", "--", "more"], .unexpectedArgument("more")),
        ])
    func refusals(words: [String], expected: UsageError) {
        do {
            _ = try Self.parser.parse(words)
            Issue.record("\(words) was understood")
        } catch {
            #expect(error.reason == expected)
        }
    }

    @Test(
        "help is given for the command it is asked of, whatever else is wrong",
        arguments: [
            (["--help"], "tool"), (["help"], "tool"), (["paint", "--help"], "tool paint"),
            (["help", "keys", "rotate"], "tool keys rotate"), (["keys", "-h"], "tool keys"),
            (["paint", "--nonsense", "--help"], "tool paint"),
        ])
    func help(words: [String], expected: String) throws {
        guard case .help(let path, _) = try Self.parser.parse(words) else {
            Issue.record("\(words) gave no help")
            return
        }
        #expect(path.joined(separator: " ") == expected)
    }

    @Test("help after -- is an argument, not a question")
    func helpAfterTheEnd() {
        #expect(throws: ArgumentParser.Refusal.self) {
            try Self.parser.parse(["paint", "--name", "a", "--", "--help"])
        }
    }

    @Test("the help of every command names it, its options and fits a terminal")
    func everyHelp() {
        func check(_ command: CommandSpecification, _ path: [String]) {
            let text = HelpText.text(for: command, path: path)
            #expect(text.contains("Usage: " + path.joined(separator: " ")))
            for option in command.options { #expect(text.contains(option.name)) }
            for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
            #expect(command.action != nil || !command.subcommands.isEmpty)
            for next in command.subcommands { check(next, path + [next.name]) }
        }
        check(SluiceCommand.root, ["sluice"])
    }
}
