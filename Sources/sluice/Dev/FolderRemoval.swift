/// Removes folders with all that is in them.
enum FolderRemoval {
    private static let seconds: Int64 = 60

    static func removeAll(_ paths: [String]) throws(DevError) {
        let arguments = ["-rf", "--one-file-system", "--"] + paths
        let program = ChildProgram(executable: "/bin/rm", arguments: arguments, environment: [:])
        do {
            _ = try ChildProcess.run(program, seconds: seconds)
        } catch {
            throw DevError(error)
        }
    }
}
