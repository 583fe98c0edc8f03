import CFuzzer
import Glibc

/// Hands the process to libFuzzer, for one target: `Fuzz <target> [libFuzzer's arguments]`.
enum FuzzDriver {
    private static let chosen = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.init)

    static func run() -> Never {
        guard chosen != nil else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
            print("usage: Fuzz <target> [libFuzzer's arguments]; targets: \(names)")
            exit(2)
        }
        var arguments = (0..<Int(CommandLine.argc)).filter { $0 != 1 }
            .map { CommandLine.unsafeArgv[$0] }
        var count = Int32(arguments.count)
        let status = arguments.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &start) { data, size in
                let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
                FuzzDriver.chosen?.run(input)
                return 0
            }
        }
        exit(status)
    }
}
