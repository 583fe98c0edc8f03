/// Puts several questions at once, at most `width` of them under way, and gives the answers in the
/// questions' order. The first fault ends all.
func fanOut<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], width: Int,
    _ ask: @escaping @Sendable (Input) async throws(NodeFault) -> Output
) async throws(NodeFault) -> [Output] {
    let outcome = await withTaskGroup(
        of: (Int, Result<Output, NodeFault>).self, returning: Result<[Output], NodeFault>.self
    ) { group in
        var outputs = [Output?](repeating: nil, count: inputs.count)
        var begun = 0
        func begin() {
            guard begun < inputs.count else { return }
            let place = begun
            begun += 1
            group.addTask {
                do throws(NodeFault) {
                    return (place, .success(try await ask(inputs[place])))
                } catch {
                    return (place, .failure(error))
                }
            }
        }
        for _ in 0..<max(1, width) { begin() }
        for await (place, result) in group {
            switch result {
            case .success(let output):
                outputs[place] = output
                begin()
            case .failure(let fault):
                group.cancelAll()
                return .failure(fault)
            }
        }
        return .success(outputs.compactMap { $0 })
    }
    return try outcome.get()
}

extension Array {
    /// Parts of at most `size`, in order.
    func parts(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
    }
}
