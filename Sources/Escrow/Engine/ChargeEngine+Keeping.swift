extension ChargeEngine {
    private static let keepMilliseconds = 1000

    /// Keeps the identity file as far as the database, about once a second, until the task is
    /// cancelled or the generation is over. What was done last in a shorter time than that is not
    /// known to it.
    public nonisolated func keepIdentity(as leader: Generation) async {
        while !Task.isCancelled {
            do throws(LeaderError) {
                try await keepOnce(as: leader)
            } catch {
                if error == .deposed { return }
                // While the database is away there is nothing to keep.
            }
            try? await Task.sleep(for: .milliseconds(Self.keepMilliseconds))
        }
    }

    private nonisolated func keepOnce(as leader: Generation) async throws(LeaderError) {
        guard await arming.isArmed else { return }
        let known = try await database.known(as: leader)
        do throws(IdentityFileError) {
            let content = try restoreGuard.file.read()
            guard RestoreGuard.mayKeep(content, leader: leader) else { return }
            if content != .armed(known) { try restoreGuard.file.write(.armed(known)) }
            await note(nil)
        } catch {
            await note("the identity file cannot be kept up to date: \(error)")
        }
    }

    private func note(_ why: String?) { unkept = why }
}
