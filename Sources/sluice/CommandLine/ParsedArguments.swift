/// What the user gave to one command. Only options of that command can be in here.
struct ParsedArguments: Equatable, Sendable {
    private(set) var values: [String: String] = [:]
    private(set) var flags: Set<String> = []
    /// What stood alone after the command's name.
    private(set) var operand: String?

    func has(_ flag: OptionSpecification) -> Bool { flags.contains(flag.name) }

    func value(_ option: OptionSpecification) -> String? { values[option.name] }

    func isGiven(_ option: OptionSpecification) -> Bool {
        values[option.name] != nil || flags.contains(option.name)
    }

    mutating func give(operand text: String) { operand = text }

    mutating func give(_ option: OptionSpecification, value: String?) {
        if let value { values[option.name] = value } else { flags.insert(option.name) }
    }
}
