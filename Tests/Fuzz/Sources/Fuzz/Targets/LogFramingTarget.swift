import Intake

/// An octet-counted stream brings the same however it is cut, and what it brings lies in it.
enum LogFramingTarget {
    fileprivate struct Reading: Equatable {
        var messages: [[UInt8]] = []
        /// Of what was too long.
        var counts: [Int] = []
        var error: FramingError?
        var isBetweenMessages = true
    }

    /// Small, so that inputs get to what is too long.
    private static let maximumCount = 300

    /// The first byte tells how the stream is cut; the rest is the stream.
    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let stream = Array(input.dropFirst())
        let whole = read(stream, cutAt: stream.count)
        demand(whole == read(stream, cutAt: Int(first % 64) + 1), "cuts change nothing")
        demand(
            whole.messages.allSatisfy {
                $0.count <= max(maximumCount, OctetCountDecoder.keptCount)
            },
            "no message is longer than may be")
        demand(whole.counts.allSatisfy { $0 > maximumCount }, "too long is longer than may be")
        guard whole.counts.isEmpty else { return }
        let rendered = whole.messages.flatMap { Array("\($0.count) ".utf8) + $0 }
        demand(stream.starts(with: rendered), "the messages are what stands in the stream")
        demand(
            whole.error != nil || !whole.isBetweenMessages || rendered == stream,
            "a stream that ends between messages was read whole")
    }

    private static func read(_ stream: [UInt8], cutAt size: Int) -> Reading {
        var reading = Reading()
        var decoder = OctetCountDecoder(maximumCount: maximumCount)
        var rest = stream[...]
        while !rest.isEmpty, reading.error == nil {
            let part = Array(rest.prefix(max(1, size)))
            rest = rest.dropFirst(part.count)
            part.withUnsafeBufferPointer { bytes in
                do throws(FramingError) {
                    try decoder.receive(bytes) { reading.take($0) }
                } catch {
                    reading.error = error
                }
            }
            demand(decoder.heldCount <= maximumCount, "one message at most is held")
        }
        reading.isBetweenMessages = decoder.isBetweenMessages
        return reading
    }
}

extension LogFramingTarget.Reading {
    fileprivate mutating func take(_ message: OctetCountDecoder.Message) {
        switch message {
        case .whole(let bytes): messages.append(Array(bytes))
        case .tooLong(let count, let beginning):
            counts.append(count)
            messages.append(beginning)
        }
    }
}
