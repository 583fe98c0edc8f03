/// What can be fuzzed. Each looks for traps and bad memory accesses, and holds what was accepted
/// against properties that must follow.
enum FuzzTarget: String, CaseIterable {
    case base64
    case bcs
    case cookies
    case httpGuard = "http-guard"
    case json
    case logFraming = "log-framing"
    case logLine = "log-line"
    case nodeAnswer = "node-answer"
    case signature
    case token
    case transaction

    func run(_ input: [UInt8]) {
        switch self {
        case .base64: Base64Target.run(input)
        case .bcs: BCSTarget.run(input)
        case .cookies: CookieTarget.run(input)
        case .httpGuard: HTTPGuardTarget.run(input)
        case .json: JSONTarget.run(input)
        case .logFraming: LogFramingTarget.run(input)
        case .logLine: LogLineTarget.run(input)
        case .nodeAnswer: NodeAnswerTarget.run(input)
        case .signature: SignatureTarget.run(input)
        case .token: TokenTarget.run(input)
        case .transaction: TransactionTarget.run(input)
        }
    }
}

/// Ends the process, which libFuzzer reports with the input that led here.
func demand(_ condition: Bool, _ promise: StaticString) {
    precondition(condition, "\(promise)")
}
