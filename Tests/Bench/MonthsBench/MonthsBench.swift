import Glibc

/// The manager's billing tasks and customers' calls over a clock that is told what time it is: one
/// command a line, one answer a line, `ok` or why not.
enum MonthsBench {
    static func main() async {
        guard CommandLine.arguments.count == 2,
            let stage = try? MonthsStage(url: CommandLine.arguments[1])
        else {
            print("usage: MonthsBench DATABASE-URL")
            exit(2)
        }
        while let line = readLine() {
            do {
                try await stage.perform(line)
                print("ok")
            } catch {
                print("failed: \(error)")
            }
            fflush(nil)
        }
    }
}
