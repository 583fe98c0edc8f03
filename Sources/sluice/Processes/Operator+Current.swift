import Authentication
import Glibc

extension Operator {
    /// Who runs this process.
    static var current: Operator {
        Operator(
            user: userName(geteuid()), login: filled { getlogin_r($0, $1) },
            sudoUser: ProcessEnvironment.current["SUDO_USER"],
            host: filled { gethostname($0, $1) } ?? "", processID: Int64(getpid()))
    }

    private static func userName(_ id: uid_t) -> String {
        guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "\(id)" }
        return String(cString: name)
    }

    /// What one of the functions writes that take a buffer and its length and give 0; nil where it
    /// has nothing to say.
    private static func filled(
        _ write: (UnsafeMutablePointer<CChar>, Int) -> Int32
    ) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 257) { buffer in
            buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress, write(start, buffer.count - 1) == 0 else {
                return nil
            }
            return String(cString: start)
        }
    }
}
