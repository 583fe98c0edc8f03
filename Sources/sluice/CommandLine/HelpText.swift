/// The text of `--help`.
enum HelpText {
    private static let width = 80

    static func text(for command: CommandSpecification, path: [String]) -> String {
        var sections = [command.summary, usage(command, path)]
        if !command.discussion.isEmpty { sections.append(wrapped(command.discussion)) }
        if !command.subcommands.isEmpty {
            let rows = command.subcommands.map { ($0.name, $0.summary) }
            sections.append("Commands:\n" + table(rows))
        }
        let options = command.options + [.help]
        let rows = options.map { option in
            (option.name + (option.valueName.map { " " + $0 } ?? ""), summary(option))
        }
        sections.append("Options:\n" + table(rows))
        if !command.examples.isEmpty {
            sections.append(
                "Examples:\n" + command.examples.map { "  " + $0 }.joined(separator: "\n"))
        }
        if !command.subcommands.isEmpty {
            let name = path.joined(separator: " ")
            sections.append("'\(name) COMMAND --help' tells more about each command.")
        }
        return sections.joined(separator: "\n\n")
    }

    private static func usage(_ command: CommandSpecification, _ path: [String]) -> String {
        var words = path
        if !command.subcommands.isEmpty { words.append("COMMAND") }
        if let operand = command.operand { words.append(operand) }
        for option in command.options where option.isRequired {
            words.append(option.name + (option.valueName.map { " " + $0 } ?? ""))
        }
        if command.options.contains(where: { !$0.isRequired }) { words.append("[OPTIONS]") }
        return "Usage: " + words.joined(separator: " ")
    }

    private static func summary(_ option: OptionSpecification) -> String {
        option.isRequired ? option.summary + " Required." : option.summary
    }

    /// Two columns; the right one is wrapped under itself.
    private static func table(_ rows: [(String, String)]) -> String {
        let left = min(30, rows.map(\.0.count).max() ?? 0)
        return rows.map { name, summary in
            let lines = lines(summary, width: width - left - 4)
            let indent = String(repeating: " ", count: left + 4)
            let gap = String(repeating: " ", count: max(2, left + 2 - name.count))
            return "  \(name)\(gap)" + lines.joined(separator: "\n" + indent)
        }.joined(separator: "\n")
    }

    private static func wrapped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { lines(String($0), width: width).joined(separator: "\n") }
            .joined(separator: "\n")
    }

    private static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            if !lines[lines.count - 1].isEmpty,
                lines[lines.count - 1].count + 1 + word.count > width
            {
                lines.append("")
            }
            if !lines[lines.count - 1].isEmpty { lines[lines.count - 1] += " " }
            lines[lines.count - 1] += word
        }
        return lines
    }
}
