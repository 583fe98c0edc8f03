/// What this build calls itself, in `sluice version`, the log and `/openapi.json`.
enum Version {
    /// Semantic version; `Docs/Changelog.md` says what changed in each.
    static let current = "0.1.0"
}
