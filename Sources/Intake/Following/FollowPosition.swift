import Glibc

/// How far a file was read, and which file that was: names move at a rotation, and an inode's number
/// is given out again.
struct FollowPosition: Hashable, Sendable {
    /// Bytes at the file's beginning by which it is known again.
    static let printCount = 512

    var device: UInt64
    var inode: UInt64
    var offset: Int64
    /// Of the first bytes, and of how many.
    var sum: UInt32
    var sumCount: Int

    init(device: UInt64, inode: UInt64, offset: Int64, beginning: [UInt8]) {
        (self.device, self.inode, self.offset) = (device, inode, offset)
        sum = CRC32C.sum(beginning)
        sumCount = beginning.count
    }

    /// As ``text`` has it; nil for anything else.
    init?(_ text: String) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 6, words[0] == "1", let device = UInt64(words[1]),
            let inode = UInt64(words[2]), let offset = Int64(words[3]), offset >= 0,
            let sum = UInt32(words[4]), let count = Int(words[5]),
            (0...Self.printCount).contains(count)
        else { return nil }
        (self.device, self.inode, self.offset) = (device, inode, offset)
        (self.sum, sumCount) = (sum, count)
    }

    var text: String { "1 \(device) \(inode) \(offset) \(sum) \(sumCount)\n" }

    /// Whether a file is the one that was read.
    func isOf(_ file: FollowedFile) -> Bool {
        guard file.device == device, file.inode == inode, file.size >= Int64(sumCount) else {
            return false
        }
        let beginning = file.read(at: 0, count: sumCount)
        return beginning.count == sumCount && CRC32C.sum(beginning) == sum
    }
}
