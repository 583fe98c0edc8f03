/// How strict the configuration is taken. Unset means production, so that a forgotten variable
/// never opens a door.
enum DeploymentEnvironment: String, Sendable, CaseIterable {
    case development
    case production
}
