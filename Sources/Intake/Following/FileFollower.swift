public import Determinism
public import Observability

/// Reads a log file as it grows, a line at a time, through rotations: by another file at its path,
/// or by cutting it. Where it was read to is kept on disk, and moves once the lines are kept.
public final class FileFollower: Sendable {
    private static let pieceCount = 256 << 10
    private static let pauseMilliseconds: Int64 = 200
    /// Whoever has a file open that was given another name goes on writing to it until it is told:
    /// after so long without a line it has been.
    private static let quietMilliseconds: Int64 = 3000

    private struct State {
        var isStopping = false
        var isRunning = false
    }

    private let path: String
    private let folder: String
    private let name: String
    private let judge: LineJudge
    private let queue: BatchQueue
    private let sender: Sender
    private let logger: Logger
    private let state = Monitor(State())

    /// - Parameters:
    ///   - folder: where the position is kept.
    ///   - edge: whose lines the file has; nil: those of any.
    public init(
        path: String, folder: String, edge: String?, judge: LineJudge, queue: BatchQueue,
        logger: Logger
    ) {
        self.path = path
        self.folder = folder
        name = "follow-\(CRC32C.sum(Array(path.utf8))).position"
        self.judge = judge
        self.queue = queue
        self.logger = logger
        sender = Sender(source: "file \(path)", edge: edge)
    }

    public func start() {
        state.update { $0.isRunning = true }
        BackgroundThread.start { [self] in
            follow()
            state.update { $0.isRunning = false }
        }
    }

    public func stop(until deadline: Deadline) {
        state.update { $0.isStopping = true }
        _ = state.wait(until: deadline) { $0.isRunning ? nil : true }
    }

    private var isStopping: Bool { state.read { $0.isStopping } }

    private func pause() {
        _ = state.wait(until: .after(milliseconds: Self.pauseMilliseconds)) {
            $0.isStopping ? true : nil
        }
    }

    // MARK: - Files

    private func follow() {
        let (folder, name, logger) = (folder, name, logger)
        let marks = FollowMarks { position in
            do throws(SpoolError) {
                try SpoolFile.write(Array(position.text.utf8), to: name, in: folder)
            } catch {
                // Lines that are then read again are known by their identity.
                logger.warning("the position is not kept", ("reason", .text("\(error)")))
            }
        }
        var known = knownPosition
        if let position = known, let file = rotated(position) {
            readOut(file, from: position.offset, marks)
            known = nil
        }
        while !isStopping {
            guard let file = FollowedFile(path: path) else {
                pause()
                continue
            }
            let offset = known.map { $0.isOf(file) ? $0.offset : 0 } ?? 0
            known = nil
            readOut(file, from: offset, marks)
        }
    }

    /// Reads a file to its end, and what was at the path after it and is no more: there may have been
    /// several rotations meanwhile.
    private func readOut(_ file: FollowedFile, from start: Int64, _ marks: FollowMarks) {
        read(file, from: start, marks)
        for later in rotations(after: file) { read(later, from: 0, marks, quietMilliseconds: 0) }
    }

    private var knownPosition: FollowPosition? {
        let bytes = (try? SpoolFile.read(name, in: folder)) ?? nil
        return bytes.flatMap { String(validating: $0, as: UTF8.self) }.flatMap {
            FollowPosition($0)
        }
    }

    /// The file that was read, where it was given another name meanwhile.
    private func rotated(_ position: FollowPosition) -> FollowedFile? {
        if let file = FollowedFile(path: path), position.isOf(file) { return nil }
        return siblings { _ in true }.first(where: position.isOf)
    }

    /// What was at the path after a file and is no more, the oldest first: by a number or a date after
    /// the name, as in `haproxy.log.1` or `haproxy.log-20261121`.
    private func rotations(after file: FollowedFile) -> [FollowedFile] {
        siblings { rest in
            rest.first.map { $0 == "." || $0 == "-" } ?? false
                && rest.dropFirst().allSatisfy { ("0"..."9").contains($0) || $0 == "-" }
        }.filter { other in
            other.inode != file.inode && other.isReplaced(at: path)
                && other.modifiedAt >= file.modifiedAt
        }.sorted { $0.modifiedAt < $1.modifiedAt }
    }

    /// Files whose names begin as the followed one's.
    ///
    /// - Parameter isMeant: of what comes after that in the name.
    private func siblings(_ isMeant: (Substring) -> Bool) -> [FollowedFile] {
        let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let home = cut == path.startIndex ? "./" : String(path[..<cut])
        let name = path[cut...]
        let names = (try? SpoolFile.names(home)) ?? []
        return names.filter { $0.hasPrefix(name) && isMeant($0.dropFirst(name.count)) }
            .compactMap { FollowedFile(path: home + $0) }
    }

    /// Reads on until a stop, or until another file is at the path and nothing more comes.
    private func read(
        _ file: FollowedFile, from start: Int64, _ marks: FollowMarks,
        quietMilliseconds: Int64 = quietMilliseconds
    ) {
        var offset = start
        var isPassing = false
        var patience: Deadline?
        while !isStopping {
            if file.size < offset {
                logger.info("the followed file was cut", ("file", .text(path)))
                (offset, isPassing) = (0, false)
            }
            if !file.isReplaced(at: path) {
                patience = nil
            } else if patience == nil {
                patience = .after(milliseconds: quietMilliseconds)
            }
            // Asked before reading: what is written until then is read.
            let isLast = patience?.isPast ?? false
            let bytes = file.read(at: offset, count: Self.pieceCount)
            let isEnd = bytes.count < Self.pieceCount
            let taken = deliver(
                bytes, at: offset, of: file, marks, isWhole: isLast && isEnd, &isPassing)
            offset += Int64(taken)
            if isLast, isEnd { return }
            if taken > 0, patience != nil { patience = .after(milliseconds: quietMilliseconds) }
            if taken == 0 || isEnd { pause() }
        }
    }

    /// - Parameters:
    ///   - isWhole: nothing more comes; what has no newline is a line, too.
    ///   - isPassing: within a line that is too long.
    /// - Returns: how many bytes are done with.
    private func deliver(
        _ bytes: [UInt8], at offset: Int64, of file: FollowedFile, _ marks: FollowMarks,
        isWhole: Bool, _ isPassing: inout Bool
    ) -> Int {
        var chunk = LineChunk()
        var start = 0
        let now = judge.now
        bytes.withUnsafeBufferPointer { all in
            while start < all.count {
                let rest = UnsafeBufferPointer(rebasing: all[start...])
                guard
                    let length = rest.firstIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 })
                        ?? (isWhole ? rest.count : nil)
                else { break }
                let line = UnsafeBufferPointer(rebasing: rest[..<length])
                if isPassing {
                    isPassing = false
                } else {
                    judge.judge(line, from: sender, at: now, into: &chunk)
                }
                start += length
            }
        }
        if start == 0, bytes.count == Self.pieceCount {
            if !isPassing {
                judge.refuse(
                    .refused(.tooLong(maximum: RequestLine.maximumCount, actual: bytes.count)),
                    bytes.prefix(OctetCountDecoder.keptCount), isCut: true, from: sender, at: now,
                    into: &chunk)
            }
            (isPassing, start) = (true, bytes.count)
        }
        guard start > 0 else { return 0 }
        let position = FollowPosition(
            device: file.device, inode: file.inode, offset: offset + Int64(start),
            beginning: file.read(at: 0, count: FollowPosition.printCount))
        queue.deliver(chunk, from: sender.source, onKept: marks.add(position))
        return start
    }
}
