import Billing
import Determinism
import Glibc
import Identifiers
import Observability
import Storage

/// The manager's billing tasks and customers' calls over a clock that is told what time it is: one
/// command a line, one answer a line, `ok` with the seconds that it took.
enum MonthsBench {
    static func main() async {
        guard CommandLine.arguments.count == 2,
            let stage = try? MonthsStage(url: CommandLine.arguments[1])
        else {
            print("usage: MonthsBench DATABASE-URL")
            exit(2)
        }
        while let line = readLine() {
            let began = Deadline.now
            do {
                try await stage.perform(line)
                let nanoseconds = began.elapsedNanoseconds
                print("ok \(nanoseconds / 1_000_000_000).\(digits(nanoseconds % 1_000_000_000))")
            } catch {
                print("failed \(error)")
            }
            fflush(nil)
        }
    }

    private static func digits(_ nanoseconds: Int64) -> String {
        let text = String(nanoseconds)
        return String(repeating: "0", count: 9 - text.count) + text
    }
}
