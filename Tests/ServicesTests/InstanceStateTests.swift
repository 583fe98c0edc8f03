import Services
import Testing

@Suite struct InstanceStateTests {
    private static let events: [InstanceEvent] = [
        .configure, .enable, .disable, .suspend(.noPayment), .suspend(.spendingLimit), .resume,
        .operatorSuspends, .operatorLifts,
    ]

    /// By state, in the order of the events; nil is refused.
    private static let table: [InstanceState: [InstanceState?]] = [
        .notProvisioned: [.disabled, nil, nil, nil, nil, nil, nil, nil],
        .enabled: [
            .enabled, .enabled, .disabled, .suspendedNoPayment, .suspendedSpendingLimit, nil,
            .suspendedByOperator, nil,
        ],
        .disabled: [
            .disabled, .enabled, .disabled, nil, nil, nil, .suspendedByOperator, nil,
        ],
        .suspendedNoPayment: [
            .suspendedNoPayment, nil, .disabled, .suspendedNoPayment, .suspendedSpendingLimit,
            .enabled, .suspendedByOperator, nil,
        ],
        .suspendedSpendingLimit: [
            .suspendedSpendingLimit, nil, .disabled, .suspendedNoPayment,
            .suspendedSpendingLimit, .enabled, .suspendedByOperator, nil,
        ],
        .suspendedByOperator: [
            nil, nil, nil, nil, nil, nil, .suspendedByOperator, .disabled,
        ],
    ]

    @Test(
        "each state allows what the table says, and nothing else", arguments: InstanceState.allCases
    )
    func transitions(state: InstanceState) throws {
        let row = try #require(Self.table[state])
        for (event, expected) in zip(Self.events, row) {
            if let expected {
                #expect(try state.after(event) == expected, "\(event)")
            } else {
                #expect(throws: IllegalInstanceChange.self) {
                    try state.after(event)
                }
            }
        }
    }

    @Test func onlyWhatIsEnabledIsServed() {
        #expect(InstanceState.allCases.filter(\.isServed) == [.enabled])
    }
}
