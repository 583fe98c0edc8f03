import Determinism
import Glibc

/// Reads one connection to its end: a PROXY header where there has to be one, then octet-counted
/// messages. Lines are read where they lie, without a copy of their own.
struct StreamReader {
    enum End: Equatable {
        case ended
        /// Why it may not go on.
        case refused(String)
    }

    /// Bytes read at one go, at most.
    private static let bufferCount = 256 << 10
    /// Where less than that was there, a moment is waited for more: many small readings of a busy
    /// sender cost more than all that is done with them.
    private static let smallCount = 32 << 10
    private static let headerMilliseconds: Int64 = 5000
    /// For a sender to end its side, after we have ended ours.
    private static let farewellMilliseconds: Int64 = 2000

    private let descriptor: Int32
    private let address: ListenAddress
    private let judge: LineJudge
    private let queue: BatchQueue
    private var sender: Sender
    private var decoder = OctetCountDecoder()

    init(_ descriptor: Int32, _ address: ListenAddress, judge: LineJudge, queue: BatchQueue) {
        self.descriptor = descriptor
        self.address = address
        self.judge = judge
        self.queue = queue
        sender = Sender(source: "\(address)", edge: address.edge)
    }

    /// - Parameter isStopping: asked now and then; once true, the other end is told, and what it
    ///   had sent is read.
    mutating func run(_ isStopping: () -> Bool) -> End {
        var rest: [UInt8] = []
        if address.hasProxyHeader {
            switch readHeader() {
            case .failure(let refusal): return .refused(refusal.reason)
            case .success(let bytes): rest = bytes
            }
        }
        if let end = rest.withUnsafeBufferPointer({ take($0) }) { return end }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.bufferCount, alignment: 16)
        defer { buffer.deallocate() }
        var farewell: Deadline?
        while true {
            if farewell == nil, isStopping() {
                shutdown(descriptor, Int32(SHUT_WR))
                farewell = .after(milliseconds: Self.farewellMilliseconds)
            }
            if let farewell, farewell.isPast { return .ended }
            guard Readiness.wait(descriptor, milliseconds: 200) else { continue }
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .ended }
            let bytes = UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[..<count])
            if let end = take(bytes) { return end }
            if count < Self.smallCount { poll(nil, 0, 1) }
        }
    }

    private struct Refusal: Error {
        let reason: String
    }

    /// - Returns: what came behind the header.
    private mutating func readHeader() -> Result<[UInt8], Refusal> {
        let deadline = Deadline.after(milliseconds: Self.headerMilliseconds)
        var bytes: [UInt8] = []
        while true {
            switch ProxyHeader.read(bytes) {
            case .invalid where !bytes.isEmpty: return .failure(Refusal(reason: "proxy_header"))
            case .complete(let header, let count):
                guard let edge = edge(by: header) else {
                    return .failure(Refusal(reason: "proxy_without_certificate"))
                }
                sender = Sender(source: "\(address)", edge: edge)
                return .success(Array(bytes[count...]))
            case .incomplete, .invalid: break
            }
            guard Readiness.wait(descriptor, milliseconds: deadline.remainingMilliseconds),
                let more = receiveSome()
            else { return .failure(Refusal(reason: "proxy_header_missing")) }
            bytes += more
        }
    }

    /// A certificate names the edge; where the listener has one as well, they have to agree.
    private func edge(by header: ProxyHeader) -> String? {
        switch header {
        case .withoutCertificate: address.edge
        case .certificate(let name): address.edge == nil || address.edge == name ? name : nil
        }
    }

    private func receiveSome() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: ProxyHeader.binaryLimit)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    /// - Returns: how the connection ends, when it has to.
    private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) -> End? {
        guard !bytes.isEmpty else { return nil }
        var chunk = LineChunk()
        let now = judge.now
        let (judge, sender) = (judge, sender)
        var failure: FramingError?
        do throws(FramingError) {
            try decoder.receive(bytes) { message in
                switch message {
                case .whole(let line): judge.judge(line, from: sender, at: now, into: &chunk)
                case .tooLong(let count, let beginning):
                    judge.refuse(
                        .refused(.tooLong(maximum: RequestLine.maximumCount, actual: count)),
                        beginning, isCut: true, from: sender, at: now, into: &chunk)
                }
            }
        } catch {
            failure = error
            judge.refuse(
                .unreadable(error), bytes.prefix(OctetCountDecoder.keptCount), isCut: true,
                from: sender, at: now, into: &chunk)
        }
        guard queue.deliver(chunk, from: sender.source) else { return .ended }
        return failure.map { .refused($0.code) }
    }
}
