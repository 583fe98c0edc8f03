/// A command with what it accepts, or a group of commands.
struct CommandSpecification: Sendable {
    typealias Action = @Sendable (ParsedArguments) async -> ExitStatus

    let name: String
    /// One line for the list of commands.
    let summary: String
    /// Further paragraphs for the command's own help.
    let discussion: String
    /// Lines that a user can copy.
    let examples: [String]
    /// What stands alone after the command's name, as the help names it; nil for nothing.
    let operand: String?
    let options: [OptionSpecification]
    let subcommands: [CommandSpecification]
    let action: Action?

    /// A command that does something, by itself or with a subcommand behind it.
    init(
        _ name: String, _ summary: String, discussion: String = "", examples: [String] = [],
        operand: String? = nil, options: [OptionSpecification] = [],
        subcommands: [CommandSpecification] = [], action: @escaping Action
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.operand = operand
        self.options = options
        self.subcommands = subcommands
        self.action = action
    }

    /// A group, which only leads to its commands.
    init(
        group name: String, _ summary: String, discussion: String = "", examples: [String] = [],
        subcommands: [CommandSpecification]
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.operand = nil
        self.options = []
        self.subcommands = subcommands
        self.action = nil
    }
}
