import SuiProtocol
import Testing

@testable import Escrow

@Suite struct ChargeTests {
    /// A row of the page's table: an operation, and the heading it is described under.
    enum Variant: String, CaseIterable {
        case charge = "A charge"
        case refund = "A refund"
        case fenced = "A fenced charge"

        var kind: Charge.Kind { self == .refund ? .refund : .charge }

        func operation(in name: Charge.State.Name, before event: Charge.Event.Name) throws
            -> Charge
        {
            Charge(kind, state: try state(name, event), isFenced: self == .fenced)
        }

        private func state(
            _ name: Charge.State.Name, _ event: Charge.Event.Name
        ) throws -> Charge.State {
            switch name {
            case .planned: .planned
            case .signed:
                self == .fenced
                    ? .signed(.init(sequence: 7, cancellation: try Sample.digest(1)))
                    : .signed(.init(sequence: 7, transaction: try Sample.digest(1)))
            case .settled: .settled(try Sample.event(5))
            case .declined: .declined(.spendingLimit, try Sample.event(5))
            case .abandoned:
                .abandoned(
                    event == .displacedSeen
                        ? .displaced(try Sample.event(5)) : .cancelled(try Sample.event(5)))
            }
        }
    }

    static func event(_ name: Charge.Event.Name, at place: Int = 5) throws -> Charge.Event {
        switch name {
        case .withdrawn: .withdrawn(.withdrawn)
        case .superseded: .superseded
        case .fenced: .fenced
        case .signed: .signed(sequence: 7, try Sample.digest(2))
        case .rebuilt: .rebuilt(try Sample.digest(2))
        case .cancelSigned: .cancelSigned(sequence: 7, try Sample.digest(2))
        case .overdue: .overdue
        case .chargedSeen: .chargedSeen(try Sample.event(place))
        case .refundedSeen: .refundedSeen(try Sample.event(place))
        case .declinedSeen: .declinedSeen(.spendingLimit, try Sample.event(place))
        case .cancelledSeen: .cancelledSeen(try Sample.event(place))
        case .displacedSeen: .displacedSeen(try Sample.event(place))
        case .staleSeen: .staleSeen
        }
    }

    private func word(_ step: Charge.Step) -> String {
        switch step {
        case .submit: "submit"
        case .askThenResend: "askThenResend"
        case .post: "post"
        case .releaseHold: "releaseHold"
        case .rest: "rest"
        }
    }

    @Test("every state does with every event what the page says", arguments: Variant.allCases)
    func everyCell(variant: Variant) throws {
        let table = RepositoryText.table(
            try RepositoryText.section(variant.rawValue, of: "Docs/ChargeStates.md"))
        let columns = try #require(table.first).dropFirst()
        #expect(table.dropFirst().map { $0[0] } == Charge.Event.Name.allCases.map(\.rawValue))
        for row in table.dropFirst() {
            let name = try #require(Charge.Event.Name(rawValue: row[0]))
            for (column, cell) in zip(columns, row.dropFirst()) {
                let state = try #require(Charge.State.Name(rawValue: column))
                var operation = try variant.operation(in: state, before: name)
                let before = operation
                let step = try? operation.handle(Self.event(name))
                let said = step.map { "\(operation.state.name.rawValue), \(word($0))" } ?? "–"
                #expect(said == cell, "\(variant) in \(column) on \(row[0])")
                if step == nil { #expect(operation == before) }
            }
        }
    }

    @Test(
        "an operation that has ended takes no other event of the chain's",
        arguments: Variant.allCases)
    func anotherOutcome(variant: Variant) throws {
        for state in Charge.State.Name.allCases where state.isFinal {
            for name in Charge.Event.Name.allCases
            where name.rawValue.hasSuffix("Seen") && name != .staleSeen {
                var operation = try variant.operation(in: state, before: name)
                #expect(throws: IllegalTransition.self) {
                    try operation.handle(Self.event(name, at: 6))
                }
            }
        }
    }

    @Test("a signed operation keeps its sequence, whatever is built for it")
    func sequenceIsFixed() throws {
        var charge = Charge(.charge)
        _ = try charge.handle(.signed(sequence: 7, Sample.digest(1)))
        #expect(throws: IllegalTransition.self) {
            try charge.handle(.cancelSigned(sequence: 8, Sample.digest(2)))
        }
        #expect(throws: IllegalTransition.self) {
            try charge.handle(.signed(sequence: 7, Sample.digest(2)))
        }
        _ = try charge.handle(.rebuilt(Sample.digest(3)))
        _ = try charge.handle(.cancelSigned(sequence: 7, Sample.digest(4)))
        #expect(
            charge.state
                == .signed(
                    .init(
                        sequence: 7, transaction: try Sample.digest(3),
                        cancellation: try Sample.digest(4))))
        let step = try charge.handle(.overdue)
        #expect(step == .askThenResend([try Sample.digest(3), try Sample.digest(4)]))
    }

    @Test("silence ends nothing, however often it is noticed")
    func silence() throws {
        for variant in Variant.allCases {
            var operation = try variant.operation(in: .signed, before: .overdue)
            let before = operation
            for _ in 0..<1000 { _ = try operation.handle(.overdue) }
            #expect(operation == before)
        }
    }

    @Test("code, CHECK and page know the same states, causes and changes")
    func sameEverywhere() throws {
        let sql = try RepositoryText.read("Sources/Storage/Migrations/0003_escrow.sql")
        let states = Charge.State.Name.allCases.map(\.rawValue)
        #expect(
            try RepositoryText.quoted(after: "charges_state_known\n        CHECK (", in: sql)
                == states)
        let causes = Charge.AbandonCause.Name.allCases.map(\.rawValue).sorted()
        let listed = try RepositoryText.quoted(
            after: "charges_abandon_reason_known CHECK (", in: sql)
        #expect(listed.sorted() == causes)
        let page = RepositoryText.table(
            try RepositoryText.section("Why it is abandoned", of: "Docs/ChargeStates.md"))
        #expect(page.dropFirst().map { $0[0] }.sorted() == causes)
        let heading = try RepositoryText.read("Docs/ChargeStates.md").split(separator: "\n")
            .prefix { !$0.hasPrefix("## ") }
        #expect(RepositoryText.table(Array(heading)).dropFirst().map { $0[0] } == states)
        let changes = try RepositoryText.quoted(
            after: "NEW.state NOT IN (", in: sql)
        #expect(Set(changes) == (try changesOfCode()).union(states.map { "\($0)>\($0)" }))
    }

    private func changesOfCode() throws -> Set<String> {
        var changes: Set<String> = []
        for variant in Variant.allCases {
            for state in Charge.State.Name.allCases {
                for name in Charge.Event.Name.allCases {
                    var operation = try variant.operation(in: state, before: name)
                    guard (try? operation.handle(Self.event(name))) != nil else { continue }
                    changes.insert("\(state.rawValue)>\(operation.state.name.rawValue)")
                }
            }
        }
        return changes
    }
}
