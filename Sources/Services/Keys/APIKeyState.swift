/// Whether HAProxy lets a key through, while its service is served; the word in tables and answers.
public enum APIKeyState: String, CaseIterable, Sendable {
    case active
    /// By its customer, who can take that back, or by the end of its overlap.
    case revoked
    /// For good; what it was is forgotten, its hash is not, so that its use is still known.
    case deleted
}
