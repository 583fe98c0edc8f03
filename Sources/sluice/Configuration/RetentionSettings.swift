import Authentication
import Manager

/// Reads the retention file: the gateway removes by it what belongs to signing in, the manager all
/// else.
enum RetentionSettings {
    private static let sizeLimit = 64 << 10

    /// - Returns: nil when something was refused.
    static func policy(_ reader: inout ConfigurationReader) -> RetentionPolicy? {
        guard let text = reader.text(.retention) else { return .standard }
        let path = EnvironmentFile.expandingHome(text)
        guard let bytes = FileBytes.read(path: path, limit: sizeLimit) else {
            reader.refuse(.retention, "'\(text)' cannot be read")
            return nil
        }
        do throws(RetentionPolicyError) {
            return try RetentionPolicy(parsing: bytes)
        } catch {
            reader.refuse(.retention, "'\(text)', \(error)")
            return nil
        }
    }
}

extension RetentionPolicy {
    /// What the gateway removes.
    var kept: ExpiredRows.Kept {
        var kept = ExpiredRows.Kept()
        kept.challenges = challengeMinutes * 60_000
        kept.endedSessions = endedSessionDays * 86_400_000
        kept.answers = answerDays * 86_400_000
        return kept
    }
}
