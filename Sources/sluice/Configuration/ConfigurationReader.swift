/// Reads typed values out of a source and gathers what is wrong, instead of stopping at the first.
struct ConfigurationReader {
    /// A value as `sluice config` shows it.
    struct EffectiveValue: Sendable {
        let variable: ConfigurationVariable
        let shown: String
        let origin: ConfigurationSource.Origin
    }

    let deployment: DeploymentEnvironment
    private let source: ConfigurationSource
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var effective: [EffectiveValue] = []

    init(_ source: ConfigurationSource) {
        self.source = source
        let given = source.value(ConfigurationVariable.environment.name)
        deployment =
            given.flatMap { DeploymentEnvironment(rawValue: $0.text) } ?? .production
        show(.environment, deployment.rawValue, given?.origin ?? .standard)
        if let given, DeploymentEnvironment(rawValue: given.text) == nil {
            refuse(.environment, "'\(given.text)' is neither development nor production")
        }
    }

    var isProduction: Bool { deployment == .production }

    mutating func refuse(_ variable: ConfigurationVariable, _ reason: String) {
        problems.append(ConfigurationProblem(subject: variable.name, reason: reason))
    }

    mutating func refuse(_ refusal: ConfigurationRefusal) {
        problems += refusal.problems
    }

    /// The raw text; recorded as effective in the form that may be shown.
    mutating func text(_ variable: ConfigurationVariable) -> String? {
        guard let given = source.value(variable.name) else {
            show(variable, "(not set)", .standard)
            return nil
        }
        show(variable, Self.presentable(given.text, of: variable), given.origin)
        return given.text
    }

    mutating func text(_ variable: ConfigurationVariable, default standard: String) -> String {
        let given = source.value(variable.name)
        show(
            variable, Self.presentable(given?.text ?? standard, of: variable),
            given?.origin ?? .standard)
        return given?.text ?? standard
    }

    /// As ``text(_:)``, where another variable says what is in force when this one is not set.
    mutating func text(_ variable: ConfigurationVariable, derived standard: String?) -> String? {
        guard let standard else { return text(variable) }
        return text(variable, default: standard)
    }

    /// As ``text(_:)``, and refused when it is missing.
    mutating func requiredText(_ variable: ConfigurationVariable, _ purpose: String) -> String? {
        let given = text(variable)
        if given == nil { refuse(variable, "is not set; it is \(purpose)") }
        return given
    }

    mutating func integer(
        _ variable: ConfigurationVariable, in range: ClosedRange<Int>, default standard: Int
    ) -> Int {
        let given = text(variable, default: String(standard))
        guard let number = Int(given), range.contains(number), String(number) == given else {
            refuse(
                variable,
                "'\(given)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
            return standard
        }
        return number
    }

    mutating func flag(_ variable: ConfigurationVariable, default standard: Bool) -> Bool {
        let given = text(variable, default: standard ? "true" : "false")
        switch given.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default:
            refuse(variable, "'\(given)' is neither true nor false")
            return standard
        }
    }

    /// Parts between commas, trimmed; empty ones are dropped.
    mutating func list(_ variable: ConfigurationVariable, default standard: String = "") -> [String]
    {
        text(variable, default: standard).split(separator: ",")
            .map { Self.trimmed($0) }.filter { !$0.isEmpty }
    }

    private mutating func show(
        _ variable: ConfigurationVariable, _ shown: String, _ origin: ConfigurationSource.Origin
    ) {
        effective.append(EffectiveValue(variable: variable, shown: shown, origin: origin))
    }

    private static func presentable(_ text: String, of variable: ConfigurationVariable) -> String {
        if variable.isSecret { return MaskedURL.mask }
        return variable.isURLWithCredentials ? MaskedURL.text(for: text) : text
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = text.drop(while: isBlank)
        return String(start.reversed().drop(while: isBlank).reversed())
    }
}
