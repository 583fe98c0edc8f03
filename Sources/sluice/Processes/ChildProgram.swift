/// A program to start, with all that it may see of us.
struct ChildProgram: Sendable {
    /// An absolute path.
    var executable: String
    /// What follows the program's name.
    var arguments: [String]
    /// The whole environment; nothing is inherited.
    var environment: [String: String]
}

extension ChildProgram {
    /// util-linux; essential on Debian.
    static let setpriv = "/usr/bin/setpriv"

    /// The program that is meant, for people.
    var name: String {
        guard executable == Self.setpriv, let end = arguments.firstIndex(of: "--") else {
            return executable
        }
        return arguments[end...].dropFirst().first ?? executable
    }

    /// The same program, sent a signal by the kernel when we die (`PR_SET_PDEATHSIG`, prctl(2)):
    /// nothing of ours outlives a `kill -9`. setpriv replaces itself by the program, so the
    /// process id is the program's.
    ///
    /// - Parameter signal: its name without `SIG`.
    func dyingWithUs(by signal: String) -> ChildProgram {
        var program = self
        if executable == Self.setpriv {
            program.arguments.insert(contentsOf: ["--pdeathsig", signal], at: 0)
        } else {
            program.executable = Self.setpriv
            program.arguments = ["--pdeathsig", signal, "--", executable] + arguments
        }
        return program
    }
}
