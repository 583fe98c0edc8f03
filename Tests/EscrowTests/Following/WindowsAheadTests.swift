import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct WindowsAheadTests {
    /// Windows in the order in which they come, and where the index was at the look that found each.
    private func all(
        of windows: WindowsAhead<Int64>
    ) async throws -> (ranges: [ClosedRange<Int64>], looks: [Int64]) {
        var ranges: [ClosedRange<Int64>] = []
        var looks: [Int64] = []
        while let (window, look) = try await windows.window() {
            ranges.append(window.first...window.last)
            looks.append(look)
        }
        return (ranges, looks)
    }

    private func windows(
        _ world: FollowerWorld, size: Int64, fullEvents: Int = 100, limit: Int
    ) -> WindowsAhead<Int64> {
        WindowsAhead(
            WindowReader(node: world.node, contracts: [world.contract], charger: nil), from: 0,
            size: WindowSize(atMost: size, fullEvents: fullEvents), limit: limit)
    }

    @Test("what a later look finds comes after what the earlier one found, each checkpoint once")
    func later() async throws {
        let world = try await FollowerWorld()
        for _ in 1...8 { world.add([]) }
        let windows = windows(world, size: 2, limit: 2)
        defer { windows.stop() }
        windows.extend(to: 4, foundBy: 4)
        windows.extend(to: 7, foundBy: 7)
        windows.extend(to: 4, foundBy: 4)

        let found = try await all(of: windows)

        #expect(found.ranges == [0...1, 2...3, 4...4, 5...6, 7...7])
        #expect(found.looks == [4, 4, 4, 7, 7])
        windows.extend(to: 7, foundBy: 7)
        #expect(try await all(of: windows).ranges.isEmpty)
        windows.extend(to: 8, foundBy: 8)
        #expect(try await all(of: windows).ranges == [8...8])
    }

    @Test("far behind, looks do not pile up and nothing is left out")
    func farBehind() async throws {
        let world = try await FollowerWorld()
        let windows = windows(world, size: 1, limit: 1)
        defer { windows.stop() }
        for last in 0...Int64(20) {
            world.add([])
            windows.extend(to: last, foundBy: last)
        }

        let found = try await all(of: windows)

        #expect(found.ranges.map(\.lowerBound) == Array(0...20))
        #expect(Set(found.looks).count <= 3)
    }

    @Test("a look reads on while an earlier window is still waited for")
    func beside() async throws {
        let world = try await FollowerWorld()
        world.add([])
        let windows = windows(world, size: 10, limit: 4)
        defer { windows.stop() }
        windows.extend(to: 0, foundBy: 0)
        windows.extend(to: 1, foundBy: 1)
        let areRead = await eventually { Set(world.node.told.ranges) == [0...0, 1...1] }
        #expect(areRead)
    }

    @Test("after a stop nothing more is read")
    func stopped() async throws {
        let world = try await FollowerWorld()
        let windows = windows(world, size: 10, limit: 4)
        windows.stop()
        windows.extend(to: 0, foundBy: 0)
        #expect(try await all(of: windows).ranges.isEmpty)
        #expect(world.node.told.ranges.isEmpty)
    }

    @Test("windows grow where there is little, and are halved where there is much")
    func sizes() async throws {
        let world = try await FollowerWorld()
        for number in 1...60 { world.add([try EscrowWorld.deposited(1, 1, UInt64(number))]) }
        let windows = windows(world, size: 40, fullEvents: 12, limit: 1)
        defer { windows.stop() }
        windows.extend(to: 60, foundBy: 60)

        let found = try await all(of: windows)

        #expect(found.ranges == [0...9, 10...29, 30...39, 40...59, 60...60])
    }

    @Test("a window that no node answers for is followed by a smaller one, down to one checkpoint")
    func failures() async throws {
        let world = try await FollowerWorld()
        for _ in 1...60 { world.add([]) }
        world.node.write { $0.failures = [.unavailable, .notIndexed(indexed: 3), .wrongChain] }
        let windows = windows(world, size: 40, limit: 1)
        defer { windows.stop() }
        windows.extend(to: 60, foundBy: 60)
        for expected in [Int64(2), 2, 1] {
            await #expect(throws: FollowerError.self) { try await windows.window() }
            #expect(windows.size.checkpoints == expected)
        }
    }
}
