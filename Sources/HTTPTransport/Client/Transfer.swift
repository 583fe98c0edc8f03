import CCurl

/// One request on its way, on the transfer thread.
final class Transfer {
    /// Bytes of an answer's head, all lines together.
    private static let headLimit = 64 << 10

    let handle: UnsafeMutableRawPointer
    private let submission: Submission
    private let configuration: HTTPClientConfiguration
    private let answerLimit: Int
    private var sentHeaders: UnsafeMutablePointer<curl_slist>?
    private var headers = HTTPHeaders()
    private var body: [UInt8] = []
    private var passedLimit: Int?

    var number: UInt64 { submission.number }

    init(
        _ submission: Submission, handle: UnsafeMutableRawPointer,
        _ configuration: HTTPClientConfiguration
    ) {
        self.submission = submission
        self.handle = handle
        self.configuration = configuration
        answerLimit = submission.request.answerLimit ?? configuration.answerLimit
    }

    deinit { curl_slist_free_all(sentHeaders) }

    func end(_ result: Result<HTTPClientResponse, HTTPClientError>) {
        submission.continuation.resume(returning: result)
    }

    func prepare() throws(HTTPClientError) {
        let request = submission.request
        guard Self.isAbsolute(request.url) else { throw .malformedURL }
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_USERAGENT, configuration.userAgent)
        if let file = configuration.certificateAuthorityFile { set(CURLOPT_CAINFO, file) }
        let total = request.timeoutMilliseconds ?? configuration.timeoutMilliseconds
        set(CURLOPT_TIMEOUT_MS, Int(max(1, total)))  // 0 would mean: never.
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, configuration.connectTimeoutMilliseconds)))
        prepareMethod(request)
        try prepareHeaders(request)
        prepareCallbacks()
    }

    /// The library would guess a missing scheme and skip a missing host.
    private static func isAbsolute(_ url: String) -> Bool {
        let bytes = url.utf8.map(ASCII.lowercased)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            let prefix = ["http://", "https://"].first(where: { bytes.starts(with: $0.utf8) }),
            let next = bytes.dropFirst(prefix.utf8.count).first
        else { return false }
        return !"/?#".utf8.contains(next)
    }

    private func prepareMethod(_ request: HTTPClientRequest) {
        switch request.method {
        case "HEAD":
            set(CURLOPT_NOBODY, 1)
        case "GET" where request.body.isEmpty:
            set(CURLOPT_HTTPGET, 1)
        default:
            set(CURLOPT_POST, 1)
            set(CURLOPT_CUSTOMREQUEST, request.method)
            _ = sluice_curl_set_offset(
                handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            var body = request.body.isEmpty ? [0] : request.body
            body.withUnsafeMutableBytes { bytes in
                _ = sluice_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
            }
        }
    }

    private func prepareHeaders(_ request: HTTPClientRequest) throws(HTTPClientError) {
        for (name, value) in request.headers {
            guard ASCII.isToken(name.utf8), value.utf8.allSatisfy(ASCII.isFieldByte) else {
                throw .malformedHeader(name: name)
            }
            // A name followed by a semicolon is how the library takes an empty value.
            add(header: value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // A name without a value takes away what the library would send by itself: waiting for
        // `100 Continue` costs a second with servers that never send it.
        add(header: "Expect:")
        if !HTTPHeaders(request.headers).contains("Content-Type") { add(header: "Content-Type:") }
        _ = sluice_curl_set_list(handle, CURLOPT_HTTPHEADER, sentHeaders)
    }

    private func add(header: String) {
        if let longer = curl_slist_append(sentHeaders, header) { sentHeaders = longer }
    }

    private func prepareCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = sluice_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = sluice_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = sluice_curl_set_writer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.pass(bytes, size * count, to: context) { $0.receiveBody($1) }
        }
        _ = sluice_curl_set_writer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.pass(bytes, size * count, to: context) { $0.receiveHeader($1) }
        }
        set(CURLOPT_BUFFERSIZE, 64 << 10)
        _ = sluice_curl_set_offset(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(answerLimit))
    }

    /// Any other number than the count given makes the library end the transfer.
    private static func pass(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, to context: UnsafeMutableRawPointer?,
        _ receive: (Transfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let isTaken = receive(transfer, UnsafeRawBufferPointer(start: bytes, count: count))
        return isTaken ? count : count &+ 1
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= answerLimit else {
            passedLimit = answerLimit
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        guard headers.bytes.count + line.count <= Self.headLimit else {
            passedLimit = Self.headLimit
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            headers = HTTPHeaders()  // What came before belonged to an interim answer.
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let end = line.lastIndex { $0 != 0x0D && $0 != 0x0A }.map { $0 + 1 } ?? colon + 1
            headers.append(name: line[..<colon], value: line[(colon + 1)..<max(end, colon + 1)])
        }
        return true
    }

    func result(of code: CURLcode) -> Result<HTTPClientResponse, HTTPClientError> {
        guard code == CURLE_OK else {
            return .failure(HTTPClientError(code, passedLimit: passedLimit, limit: answerLimit))
        }
        var status = 0
        _ = sluice_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return .success(HTTPClientResponse(status: status, headers: headers, body: body))
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = sluice_curl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        _ = sluice_curl_set_string(handle, option, value)
    }
}

extension HTTPClientError {
    /// - Parameter passedLimit: the limit at which we ended the transfer ourselves.
    fileprivate init(_ code: CURLcode, passedLimit: Int?, limit: Int) {
        if let passedLimit {
            self = .answerTooLarge(limit: passedLimit)
            return
        }
        switch code {
        case CURLE_URL_MALFORMAT: self = .malformedURL
        case CURLE_COULDNT_RESOLVE_HOST: self = .nameNotResolved
        case CURLE_COULDNT_CONNECT: self = .connectionFailed
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_FILESIZE_EXCEEDED: self = .answerTooLarge(limit: limit)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM:
            self = .tls
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            self = .connectionLost
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            // The scheme was checked before, so the protocol is what came back: HTTP/0.9.
            self = .malformedAnswer
        default: self = .failed(code: Int32(bitPattern: code.rawValue))
        }
    }
}
