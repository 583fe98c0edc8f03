/// Finds variables that look like ours and are not: most often a slip of the hand, whose effect
/// would be a default that nobody wanted.
enum UnknownVariables {
    static func warnings(_ source: ConfigurationSource) -> [String] {
        let known = ConfigurationVariable.allCases.map(\.name) + ofTestBuilds
        return source.namesLikeOurs.filter { !known.contains($0) }.map { name in
            let hint = Suggestion.nearest(to: name, among: known).map { "; did you mean \($0)?" }
            return "\(name) is no variable of sluice and has no effect" + (hint ?? "")
        }
    }

    #if FAIL_POINTS
        private static let ofTestBuilds = ["SLUICE_FAIL_POINT", "SLUICE_PLANTED_BUG"]
    #else
        private static let ofTestBuilds: [String] = []
    #endif
}
