import Glibc
import MockSuiNode
import Observability

/// The process around the simulated node.
enum MockNodeProcess {
    static func main() -> Never {
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) -> Int32 {
        if arguments.contains("--help") {
            say(Options.help, on: STDOUT_FILENO)
            return 0
        }
        do {
            let options = try Options(arguments)
            let node = try MockNode(options.node)
            let listener = try Listener(port: options.port)
            BackgroundThread.start { keepTime(node) }
            announce(listener.port, options.readyFile)
            listener.run(node)
        } catch let error as UsageError {
            say("mock-sui-node: \(error)\n\n\(Options.help)", on: STDERR_FILENO)
            return 2
        } catch {
            say("mock-sui-node: \(error)\n", on: STDERR_FILENO)
            return 1
        }
    }

    /// Checkpoints come with time, whether anybody asks or not.
    private static func keepTime(_ node: MockNode) {
        var rounds = 0
        while true {
            poll(nil, 0, 20)
            rounds += 1
            do {
                try node.tick()
                if rounds % 50 == 0 { try node.sync() }
            } catch {
                say("mock-sui-node: \(error)\n", on: STDERR_FILENO)
                exit(1)
            }
        }
    }

    private static func say(_ text: String, on descriptor: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private static func announce(_ port: UInt16, _ readyFile: String?) {
        say("mock-sui-node: listening on http://127.0.0.1:\(port)\n", on: STDERR_FILENO)
        guard let readyFile, let file = fopen(readyFile + ".new", "w") else { return }
        fputs("\(port)\n", file)
        fclose(file)
        rename(readyFile + ".new", readyFile)
    }
}
