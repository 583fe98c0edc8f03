extension Task where Success == Void, Failure == Never {
    /// Comes back when it has ended, or when whoever waits is cancelled; it goes on then.
    func valueOrCancelled() async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        Task<Void, Never> {
            await value
            end.finish()
        }
        for await _ in ends {}
    }
}
