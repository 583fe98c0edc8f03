import Glibc

/// How a child ended, from its wait status (`wait(2)`; the macros are not visible to Swift).
enum ChildExit: Equatable, Sendable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)

    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .status((waitStatus >> 8) & 0xFF) : .signal(signal)
    }

    var isSuccess: Bool { self == .status(0) }

    var description: String {
        switch self {
        case .status(let code): "exit status \(code)"
        case .signal(let number): "signal \(number)"
        }
    }
}
