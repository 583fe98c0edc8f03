/// Checksums of migrations, taken when each was released. A line is added with a new file and
/// never changes afterwards: what is wrong in a released file is mended by the next one.
enum ReleasedMigrations {
    /// SHA-256 of the content, by file name.
    static let checksums = [
        "0001_sign_in.sql":
            "efbf154249bac77c85c6af352d7d629174e5e1b54aca4299ce1dfcee99b9c697",
        "0002_audit.sql":
            "1f37c88911b4f0f9666f82c900e1b140f448650bc6df7d96921b05d78a01988d",
    ]
}
