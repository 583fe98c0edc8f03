/// How long nodes are waited for, and how much of them is listened to.
public struct SuiNodeLimits: Sendable {
    /// For one endpoint's whole answer.
    public var endpointMilliseconds: Int64 = 5_000
    /// For all endpoints together.
    public var totalMilliseconds: Int64 = 8_000
    /// For all pages of a range or list, all endpoints together.
    public var readMilliseconds: Int64 = 30_000
    /// For one endpoint's answer to a signed transaction, which comes once that is final.
    public var executeMilliseconds: Int64 = 15_000
    /// For all endpoints together.
    public var executeTotalMilliseconds: Int64 = 25_000
    /// For how long an endpoint that failed is asked only when no other answers; doubled with
    /// every failure in a row, and shortened by up to half by chance.
    public var restMilliseconds: Int64 = 10_000
    public var longestRestMilliseconds: Int64 = 60_000
    /// Before the same is asked of the same endpoint again; doubled and shortened likewise.
    public var pauseMilliseconds: Int64 = 100
    /// How often the same is asked of an endpoint before another one is.
    public var attempts = 3
    /// For how long an endpoint is taken to be of the network that it named last.
    public var chainMilliseconds: Int64 = 60_000
    /// Bytes of an answer; a verdict takes some hundred.
    public var answerLimit = 64 * 1024
    /// Bytes of a page, or of fifty transactions with all they changed and said.
    public var pageLimit = 16 << 20
    /// Questions of one call that are under way at once.
    public var fanOut = 8
    /// Pages of an address's coins that are looked at: dust costs nothing to send.
    public var coinPages = 40
    /// The same where what was found is not worth enough: ten thousand coins.
    public var mostCoinPages = 200

    public init() {}
}
