/// Turns the words of a command line into a command and its arguments. Pure.
struct ArgumentParser: Sendable {
    /// What the words ask for.
    enum Request {
        case help(path: [String], CommandSpecification)
        case run(path: [String], CommandSpecification, ParsedArguments)
    }

    /// A refusal, with the command it happened in, whose help the user is pointed to.
    struct Refusal: Error {
        let path: [String]
        let reason: UsageError
    }

    let root: CommandSpecification

    /// - Parameter words: what follows the program's name.
    func parse(_ words: [String]) throws(Refusal) -> Request {
        var command = root
        var path = [root.name]
        var words = words[...]
        var helpIsAsked = words.first == "help"
        if helpIsAsked { words.removeFirst() }
        while let word = words.first, !word.hasPrefix("-"), !command.subcommands.isEmpty {
            guard let next = command.subcommands.first(where: { $0.name == word }) else {
                throw Refusal(path: path, reason: unknownCommand(word, in: command))
            }
            (command, path) = (next, path + [word])
            words.removeFirst()
        }
        let options = words.prefix { $0 != "--" }
        helpIsAsked = helpIsAsked || options.contains("--help") || options.contains("-h")
        if helpIsAsked { return .help(path: path, command) }
        if command.action == nil {
            throw Refusal(path: path, reason: groupRefusal(words.first, command, path))
        }
        do {
            return .run(path: path, command, try arguments(words, of: command))
        } catch {
            throw Refusal(path: path, reason: error)
        }
    }

    private func unknownCommand(_ word: String, in command: CommandSpecification) -> UsageError {
        .unknownCommand(
            word, suggestion: Suggestion.nearest(to: word, among: command.subcommands.map(\.name)))
    }

    private func groupRefusal(
        _ word: String?, _ command: CommandSpecification, _ path: [String]
    ) -> UsageError {
        guard let word else { return .missingCommand(after: path.joined(separator: " ")) }
        return .unknownOption(
            word, suggestion: Suggestion.nearest(to: word, among: ["--help", "--version"]))
    }

    private func arguments(
        _ words: ArraySlice<String>, of command: CommandSpecification
    ) throws(UsageError) -> ParsedArguments {
        var parsed = ParsedArguments()
        var words = words
        while let word = words.popFirst() {
            guard word.hasPrefix("-"), word != "-", word != "--" else {
                guard command.operand != nil, parsed.operand == nil, word != "--" else {
                    throw .unexpectedArgument(word == "--" ? words.first ?? word : word)
                }
                parsed.give(operand: word)
                continue
            }
            let (name, attached) = Self.split(word)
            let option = try option(name, of: command)
            if parsed.isGiven(option) { throw .duplicateOption(name) }
            try parsed.give(option, value: value(for: option, attached: attached, &words))
        }
        if let operand = command.operand, parsed.operand == nil { throw .missingOperand(operand) }
        for option in command.options where option.isRequired && !parsed.isGiven(option) {
            throw .missingOption(option.name, advice: option.advice)
        }
        return parsed
    }

    /// `--name=value` gives both; the value may be empty.
    private static func split(_ word: String) -> (name: String, value: String?) {
        guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    private func option(
        _ name: String, of command: CommandSpecification
    ) throws(UsageError) -> OptionSpecification {
        if let option = command.options.first(where: { $0.name == name }) { return option }
        let names = command.options.map(\.name) + ["--help"]
        throw .unknownOption(name, suggestion: Suggestion.nearest(to: name, among: names))
    }

    /// A value may not look like an option, unless it is attached by `=`: `--name --json` is more
    /// likely a forgotten value than a value named `--json`.
    private func value(
        for option: OptionSpecification, attached: String?, _ words: inout ArraySlice<String>
    ) throws(UsageError) -> String? {
        guard let valueName = option.valueName else {
            if attached != nil { throw .unexpectedValue(option: option.name) }
            return nil
        }
        if let attached { return attached }
        guard let next = words.first, !next.hasPrefix("--") else {
            throw .missingValue(option: option.name, valueName: valueName)
        }
        return words.removeFirst()
    }
}
