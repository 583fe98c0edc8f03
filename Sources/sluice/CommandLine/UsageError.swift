/// Why a command line was not understood. Each case names what the user typed.
enum UsageError: Error, Equatable {
    case unknownCommand(String, suggestion: String?)
    case missingCommand(after: String)
    case unknownOption(String, suggestion: String?)
    case missingValue(option: String, valueName: String)
    case unexpectedValue(option: String)
    case duplicateOption(String)
    case missingOption(String, advice: String? = nil)
    case missingOperand(String)
    case unexpectedArgument(String)
    case invalidValue(option: String, value: String, expected: String)
    case excludedOption(String, by: String)

    var message: String {
        switch self {
        case .unknownCommand(let name, let suggestion):
            "unknown command '\(name)'" + Self.hint(suggestion)
        case .missingCommand(let group):
            "'\(group)' needs a command after it"
        case .unknownOption(let name, let suggestion):
            "unknown option '\(name)'" + Self.hint(suggestion)
        case .missingValue(let option, let valueName):
            "option '\(option)' needs a value: \(option) \(valueName)"
        case .unexpectedValue(let option):
            "option '\(option)' takes no value"
        case .duplicateOption(let option):
            "option '\(option)' is given twice"
        case .missingOption(let option, let advice):
            "option '\(option)' is required" + (advice.map { ": " + $0 } ?? "")
        case .missingOperand(let name):
            "\(name) is missing"
        case .unexpectedArgument(let argument):
            "unexpected argument '\(argument)'"
        case .invalidValue(let option, let value, let expected):
            "option '\(option)' has the value '\(value)'; expected is \(expected)"
        case .excludedOption(let option, let other):
            "option '\(option)' cannot stand beside '\(other)'"
        }
    }

    /// Tells the user, for errors that only a command itself can see.
    func report(_ command: String) -> ExitStatus {
        Output.error("\(command): \(message)\nTry '\(command) --help'.")
        return .usage
    }

    private static func hint(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean '\($0)'?" } ?? ""
    }
}
