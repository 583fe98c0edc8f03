import CCurl
import Glibc
import Observability

/// The thread that carries out every transfer of a client. All of curl's handles live here.
final class TransferLoop {
    /// Easy handles kept for reuse; connections are kept by the multi handle in any case.
    private static let spareLimit = 16
    /// Waiting ends earlier when something happens; this only bounds a lost wake-up.
    private static let pollMilliseconds: Int32 = 60_000

    private static let isLibraryReady = sluice_curl_global_init() == CURLE_OK

    private let queue: TransferQueue
    private let configuration: HTTPClientConfiguration
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    private var spare: [UnsafeMutableRawPointer] = []

    static func start(_ queue: TransferQueue, _ configuration: HTTPClientConfiguration) {
        BackgroundThread.start {
            blockBrokenPipeSignal()
            guard isLibraryReady, let multi = curl_multi_init() else {
                queue.close()
                return fail(queue.take().submissions, .failed(code: -1))
            }
            let loop = TransferLoop(queue, configuration, multi)
            queue.attach(multi)
            loop.run()
            queue.attach(nil)
            loop.end()
        }
    }

    private init(
        _ queue: TransferQueue, _ configuration: HTTPClientConfiguration,
        _ multi: UnsafeMutableRawPointer
    ) {
        self.queue = queue
        self.configuration = configuration
        self.multi = multi
        let limit = configuration.connectionLimit
        _ = sluice_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limit)
        _ = sluice_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limit)
    }

    private func run() {
        while true {
            let news = queue.take()
            for submission in news.submissions { begin(submission) }
            for number in news.cancelled { cancel(number) }
            guard !news.isClosed else { return }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            collectFinished()
            curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil)
        }
    }

    private func begin(_ submission: Submission) {
        guard let handle = spare.popLast() ?? curl_easy_init() else {
            return Self.fail([submission], .failed(code: Int32(CURLE_OUT_OF_MEMORY.rawValue)))
        }
        let transfer = Transfer(submission, handle: handle, configuration)
        do throws(HTTPClientError) {
            try transfer.prepare()
        } catch {
            release(handle)
            return transfer.end(.failure(error))
        }
        transfers[handle] = transfer
        curl_multi_add_handle(multi, handle)
    }

    private func cancel(_ number: UInt64) {
        guard let transfer = transfers.values.first(where: { $0.number == number }) else { return }
        finish(transfer.handle, .failure(.cancelled))
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = transfers[handle]
            else { continue }
            finish(handle, transfer.result(of: sluice_curl_result(message)))
        }
    }

    private func finish(
        _ handle: UnsafeMutableRawPointer, _ result: Result<HTTPClientResponse, HTTPClientError>
    ) {
        curl_multi_remove_handle(multi, handle)
        let transfer = transfers.removeValue(forKey: handle)
        release(handle)
        transfer?.end(result)
    }

    /// Forgets all that the handle was told, so that nothing of one request reaches the next.
    private func release(_ handle: UnsafeMutableRawPointer) {
        guard spare.count < Self.spareLimit else { return curl_easy_cleanup(handle) }
        curl_easy_reset(handle)
        spare.append(handle)
    }

    private func end() {
        for handle in Array(transfers.keys) { finish(handle, .failure(.closed)) }
        for handle in spare { curl_easy_cleanup(handle) }
        curl_multi_cleanup(multi)
    }

    private static func fail(_ submissions: [Submission], _ error: HTTPClientError) {
        for submission in submissions { submission.continuation.resume(returning: .failure(error)) }
    }

    /// A peer that closes while TLS writes raises SIGPIPE on the writing thread, and with
    /// `NOSIGNAL` the library leaves it to us.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
