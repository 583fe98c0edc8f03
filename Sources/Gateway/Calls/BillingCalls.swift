import Authentication
import Billing
import ByteCodecs
import Determinism
import HTTPTransport
import Identifiers

/// `/v1/billing`: what a customer used, and what is owed and paid for it.
struct BillingCalls: Sendable {
    /// What one answer may hold, in days.
    private static let hourSpan: Int64 = 31
    private static let daySpan: Int64 = 366

    let billing: any BillingService
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            Route(Self.usageDescription, .signedInLater(usage)),
            Route(Self.listDescription, .signedInLater(list)),
            Route(Self.findDescription, .signedInLater(find)),
            Route(Self.linesDescription, .signedInLater(lines)),
        ]
    }

    // MARK: - Use

    @Sendable private func usage(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let granularity =
            call.textParameter("granularity").flatMap(UsageReport.Granularity.init) ?? .day
        let (start, end) = try span(call, granularity)
        let report: UsageReport
        do {
            report = try await billing.usage(
                of: claims.customerID, from: start, to: end, by: granularity)
        } catch {
            throw Problem(error)
        }
        return .json(
            200,
            [
                "from": .time(start), "to": .time(end),
                "granularity": .string(granularity.rawValue),
                "items": .array(report.items.map { JSONValue($0) }),
            ])
    }

    /// Whole periods: the one that `from` is in, to the end of the one before `to`.
    private func span(
        _ call: Call, _ granularity: UsageReport.Granularity
    ) throws(Problem) -> (Timestamp, Timestamp) {
        let now = now()
        let from = try time("from", call) ?? Month(containing: now).start
        let start = granularity.begin(of: from)
        let end = granularity.end(of: try time("to", call) ?? now)
        guard start < end else {
            throw Problem(
                .parameterInvalid, "from must be before to.", members: ["parameter": "from"])
        }
        let days = granularity == .hour ? Self.hourSpan : Self.daySpan
        guard end.milliseconds - start.milliseconds <= days * 86_400_000 else {
            throw Problem(
                .parameterInvalid, "At most \(days) days at once by the \(granularity.rawValue).",
                members: ["parameter": "from"])
        }
        return (start, end)
    }

    private func time(_ name: String, _ call: Call) throws(Problem) -> Timestamp? {
        guard let text = call.textParameter(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Problem(
                .parameterInvalid, "\(name) must be a time, as 2026-11-21T09:30:00.000Z.",
                members: ["parameter": .string(name)])
        }
        return time
    }

    // MARK: - Invoices

    @Sendable private func list(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let limit = Int(call.integerParameter("limit") ?? 50)
        let cursor = call.textParameter("cursor").flatMap { ListCursor($0) }
        let found: [StoredInvoice]
        do {
            found = try await billing.invoices(
                of: claims.customerID, before: cursor.map { InvoiceID($0.id) }, limit: limit + 1)
        } catch {
            throw Problem(error)
        }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.map { ListCursor($0) } : nil
        return .json(
            200,
            [
                "items": .array(page.map { JSONValue($0) }), "nextCursor": .optional(next?.text),
            ])
    }

    @Sendable private func find(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        do {
            return .json(
                200, JSONValue(try await billing.invoice(try id(call), of: claims.customerID)))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func lines(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let limit = Int(call.integerParameter("limit") ?? 50)
        let cursor = call.textParameter("cursor").flatMap { ListCursor($0) }
        let found: [StoredLine]
        let invoice: InvoiceID
        do throws(BillingReadError) {
            invoice = try id(call)
            found = try await billing.lines(
                of: invoice, of: claims.customerID, from: cursor.map { $0.line + 1 } ?? 0,
                limit: limit + 1)
        } catch {
            throw Problem(error)
        }
        let page = found.prefix(limit)
        let next =
            found.count > limit ? page.last.map { ListCursor(line: $0.number, of: invoice) } : nil
        return .json(
            200,
            [
                "items": .array(page.map { JSONValue($0) }), "nextCursor": .optional(next?.text),
            ])
    }

    private func id(_ call: Call) throws(BillingReadError) -> InvoiceID {
        guard let id = call.textParameter("invoiceId").flatMap({ InvoiceID($0) }) else {
            throw .invoiceUnknown
        }
        return id
    }
}

extension UsageReport.Granularity {
    private var milliseconds: Int64 { self == .hour ? 3_600_000 : 86_400_000 }

    fileprivate func begin(of time: Timestamp) -> Timestamp {
        let rest = time.milliseconds % milliseconds
        return time.adding(milliseconds: -(rest < 0 ? rest + milliseconds : rest))
    }

    fileprivate func end(of time: Timestamp) -> Timestamp {
        let begin = begin(of: time)
        return begin == time ? time : begin.adding(milliseconds: milliseconds)
    }
}
