/// What `sluice dev` was asked for.
struct DevOptions: Equatable, Sendable {
    /// A port as given; 0 takes a free one.
    var gatewayPort: UInt16
    var nodePort: UInt16
    var managerPort: UInt16
    var intakePort: UInt16
    var stateDirectory: String
    /// Begin with no data.
    var isFresh: Bool

    private static let stateDirectory = OptionSpecification.value(
        "--state-dir", "DIR", "Where data, secrets, logs and ready.json are (default .sluice).")
    private static let gatewayPort = port("--gateway-port", "the gateway", 3000)
    private static let nodePort = port("--node-port", "the simulated node", 9000)
    private static let managerPort = port("--manager-port", "the manager", 3001)
    private static let intakePort = port("--intake-port", "the intake", 5514)
    private static let fresh = OptionSpecification.flag(
        "--fresh", "Remove data and secrets of earlier starts first.")

    static let specifications = [
        stateDirectory, gatewayPort, nodePort, managerPort, intakePort, fresh,
    ]

    init(_ arguments: ParsedArguments) throws(UsageError) {
        stateDirectory = arguments.value(Self.stateDirectory) ?? ".sluice"
        gatewayPort = try Self.port(arguments, Self.gatewayPort, 3000)
        nodePort = try Self.port(arguments, Self.nodePort, 9000)
        managerPort = try Self.port(arguments, Self.managerPort, 3001)
        intakePort = try Self.port(arguments, Self.intakePort, 5514)
        isFresh = arguments.has(Self.fresh)
        if stateDirectory.isEmpty {
            throw .invalidValue(
                option: Self.stateDirectory.name, value: "", expected: "a directory")
        }
        try refuseSharedPorts()
    }

    private static func port(
        _ name: String, _ part: String, _ standard: Int
    ) -> OptionSpecification {
        .value(name, "N", "Port of \(part) (default \(standard); 0 takes a free one).")
    }

    private static func port(
        _ arguments: ParsedArguments, _ option: OptionSpecification, _ standard: UInt16
    ) throws(UsageError) -> UInt16 {
        guard let text = arguments.value(option) else { return standard }
        guard let port = UInt16(text), String(port) == text else {
            throw .invalidValue(option: option.name, value: text, expected: "a port, 0 to 65535")
        }
        return port
    }

    private func refuseSharedPorts() throws(UsageError) {
        let ports = [
            (Self.gatewayPort, gatewayPort), (Self.nodePort, nodePort),
            (Self.managerPort, managerPort), (Self.intakePort, intakePort),
        ]
        for (index, (option, port)) in ports.enumerated() where port != 0 {
            if ports[..<index].contains(where: { $0.1 == port }) {
                throw .invalidValue(
                    option: option.name, value: String(port),
                    expected: "a port that no other part has")
            }
        }
    }
}
