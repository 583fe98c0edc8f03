import Determinism
import Testing

@testable import Intake

@Suite struct AcceptHorizonTests {
    let now = Timestamp(milliseconds: 1_795_246_453_050)

    func refusal(_ time: Timestamp) -> LineRefusal? {
        do {
            try AcceptHorizon.standard.admit(time, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("35 days back and 5 minutes ahead pass, a millisecond more does not")
    func bounds() {
        let oldest = now.adding(seconds: -35 * 86_400)
        let newest = now.adding(seconds: 300)

        #expect(refusal(now) == nil && refusal(oldest) == nil && refusal(newest) == nil)
        #expect(refusal(oldest.adding(milliseconds: -1)) == .tooOld)
        #expect(refusal(newest.adding(milliseconds: 1)) == .inFuture)
        #expect(refusal(now.adding(seconds: 35 * 86_400)) == .inFuture)
        #expect(refusal(now.adding(seconds: 35 * 86_400 + 1)) == .farInFuture)
    }

    @Test("dates of 1970 and 2100 are lines, but never counted")
    func far() throws {
        let old = try RequestLine(parsing: LineText.with(.time, "0"))
        let ahead = try RequestLine(parsing: LineText.with(.time, "4102444800000"))

        #expect(refusal(old.time)?.code == "event_too_old")
        #expect(refusal(ahead.time)?.code == "event_in_future")
        #expect(refusal(Timestamp(milliseconds: .min)) == .tooOld)
        #expect(refusal(Timestamp(milliseconds: .max)) == .farInFuture)
    }
}
