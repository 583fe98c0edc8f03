/// Checksums of migrations, taken when each was released. A line is added with a new file and
/// never changes afterwards: what is wrong in a released file is mended by the next one.
enum ReleasedMigrations {
    /// SHA-256 of the content, by file name.
    static let checksums = [
        "0001_sign_in.sql":
            "06ea5a9ee1099ec092cda0843cb87251a7076598ffb2f4f9a55210dbf14518b4",
        "0002_audit.sql":
            "1f37c88911b4f0f9666f82c900e1b140f448650bc6df7d96921b05d78a01988d",
    ]
}
