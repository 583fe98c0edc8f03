import Glibc
import Testing

@testable import MockSuiNode

@Suite struct DocumentTests {
    private static let page = read("Docs/SimulatedNode.md")

    private static func read(_ path: String) -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        guard let file = fopen("/\(root)/\(path)", "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    @Test("each fault and each method that makes things happen is explained")
    func everything() {
        let methods = JSONRPCService.operations.filter { $0.value == .control }.map(\.key)
        let names = Fault.allCases.map(\.rawValue) + methods
        #expect(names.count > 20)
        for name in names { #expect(Self.page.contains("`\(name)`"), "\(name)") }
    }
}
