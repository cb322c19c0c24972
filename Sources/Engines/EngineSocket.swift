import BenchmarkModel
internal import CCurl
import Foundation
import Glibc
import LinuxSystem

/// What an engine answered.
struct EngineAnswer: Sendable {
    var status: Int
    var body: [UInt8]
}

/// HTTP over an engine's UNIX socket, by libcurl: each request is a connection of its own, and is waited for by the calling thread, which
/// is the timed one. Nothing is taken from the environment, proxies least of all.
struct EngineSocket: Sendable {
    /// What is sent with a request.
    enum Body {
        case none
        case json([UInt8])
        /// A file, from its beginning.
        case file(String)
    }

    /// The path of the socket.
    let path: String
    /// The engine's name, for sentences.
    let title: String

    /// More than any answer that tare asks for; a daemon that sends more is not listened to.
    static let mostBytes = 16 << 20

    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_NOTHING)) == CURLE_OK

    /// Sends a request and awaits the whole answer.
    ///
    /// - Parameters:
    ///   - target: the path with the query, percent-encoded.
    ///   - seconds: how long all of it may take.
    /// - Throws: ``TareError`` where no whole answer comes. One that says no is an answer.
    func send(_ method: String, _ target: String, _ body: Body = .none, seconds: Double) throws -> EngineAnswer {
        guard path.utf8.count <= 107 else {
            throw trouble(
                "the socket path \(path) is longer than the 107 bytes that the kernel takes", "Name a shorter one.")
        }
        guard EngineSocket.isReady, let handle = curl_easy_init() else {
            throw TareError(.failed, "libcurl cannot be made ready")
        }
        defer { curl_easy_cleanup(handle) }
        let exchange = Exchange()
        defer { exchange.close() }
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        func header(_ text: String) { headers = curl_slist_append(headers, text) }
        func set(_ option: CURLoption, _ text: String) { _ = tare_curl_set_pointer(handle, option, text) }
        func set(_ option: CURLoption, _ number: Int) { _ = tare_curl_set_number(handle, option, number) }
        guard tare_curl_set_pointer(handle, CURLOPT_UNIX_SOCKET_PATH, path) == CURLE_OK else {
            throw TareError(
                .hostLacks, "this libcurl knows no UNIX sockets", remedy: "Install another (on Debian: libcurl4).")
        }
        set(CURLOPT_URL, "http://engine\(target)")
        set(CURLOPT_CUSTOMREQUEST, method)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP))
        set(CURLOPT_TIMEOUT_MS, max(1, Int(seconds * 1_000)))
        // Neither may a body be held back until the daemon asks for it.
        header("Expect:")
        switch body {
        case .none:
            if method == "POST" {
                exchange.keep([])
                set(CURLOPT_POSTFIELDSIZE, 0)
                _ = tare_curl_set_pointer(handle, CURLOPT_POSTFIELDS, exchange.kept)
            }
        case .json(let bytes):
            header("Content-Type: application/json")
            exchange.keep(bytes)
            _ = tare_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            _ = tare_curl_set_pointer(handle, CURLOPT_POSTFIELDS, exchange.kept)
        case .file(let file):
            header("Content-Type: application/x-tar")
            let size = try exchange.open(file)
            set(CURLOPT_UPLOAD, 1)
            _ = tare_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(size))
            _ = tare_curl_set_mover(handle, CURLOPT_READFUNCTION, EngineSocket.give)
            _ = tare_curl_set_pointer(handle, CURLOPT_READDATA, Unmanaged.passUnretained(exchange).toOpaque())
        }
        _ = tare_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        _ = tare_curl_set_mover(handle, CURLOPT_WRITEFUNCTION, EngineSocket.take)
        _ = tare_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(exchange).toOpaque())
        // Asked about once a second: whoever ends a run must not wait for a daemon that hangs.
        set(CURLOPT_NOPROGRESS, 0)
        _ = tare_curl_set_watcher(handle) { _, _, _, _, _ in Task.isCancelled ? 1 : 0 }
        let code = curl_easy_perform(handle)
        guard code == CURLE_OK else {
            let number = Int32(truncatingIfNeeded: tare_curl_number(handle, CURLINFO_OS_ERRNO))
            throw refusal(code, number, exchange, "\(method) \(target)", seconds: seconds)
        }
        return EngineAnswer(status: tare_curl_number(handle, CURLINFO_RESPONSE_CODE), body: exchange.received)
    }

    private func refusal(
        _ code: CURLcode, _ number: Int32, _ exchange: Exchange, _ request: String, seconds: Double
    ) -> TareError {
        let time = seconds.rounded() == seconds ? "\(Int(seconds))" : "\(seconds)"
        switch code {
        case CURLE_COULDNT_CONNECT:
            let remedy =
                number == EACCES || number == EPERM
                ? "Run tare as a user who may use the socket."
                : "Start \(title), name its socket with 'socket:', or let tare start one with 'start: true'."
            return trouble(
                "\(title) cannot be reached at \(path)", remedy,
                cause: number == 0 ? nil : String(cString: strerror(number)))
        case CURLE_OPERATION_TIMEDOUT:
            return trouble("\(title) did not answer '\(request)' within \(time) s", "See whether the daemon hangs.")
        case CURLE_WRITE_ERROR:
            return trouble(
                "\(title) answered '\(request)' with more than \(EngineSocket.mostBytes >> 20) MiB",
                "See what listens at \(path).")
        case CURLE_ABORTED_BY_CALLBACK where Task.isCancelled: return TareError(.interrupted, "interrupted")
        case CURLE_ABORTED_BY_CALLBACK:
            return TareError(
                .image, "what was sent to \(title) could not be read to its end", remedy: "Run 'tare clean --cache'.")
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            return trouble(
                "\(title) closed the connection in the midst of '\(request)'", "See the daemon's log.",
                cause: String(cString: curl_easy_strerror(code)))
        default:
            return trouble(
                "what \(path) answers to '\(request)' is no HTTP answer", "See what listens there.",
                cause: String(cString: curl_easy_strerror(code)))
        }
    }

    private func trouble(_ text: String, _ remedy: String, cause: String? = nil) -> TareError {
        TareError(.platform, text, remedy: remedy, cause: cause)
    }

    private static let take: tare_curl_mover = { data, size, count, context in
        guard let data, let context else { return 0 }
        let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
        return exchange.take(UnsafeRawBufferPointer(start: data, count: size * count)) ? size * count : 0
    }

    private static let give: tare_curl_mover = { data, size, count, context in
        guard let data, let context else { return 0 }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().give(data, size * count)
    }
}

/// What a request and its answer hold while they are under way, on one thread.
private final class Exchange {
    private(set) var received: [UInt8] = []
    private(set) var kept: UnsafeMutablePointer<UInt8>?
    private var file: Int32 = -1
    /// What is still to be sent of it, in bytes.
    private var left: UInt64 = 0

    func keep(_ bytes: [UInt8]) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
        copy.initialize(from: bytes, count: bytes.count)
        kept = copy
    }

    /// - Returns: the file's size in bytes.
    func open(_ path: String) throws -> UInt64 {
        file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TareError(
                .image, "the archive \(path) cannot be read", remedy: "Run 'tare clean --cache'.",
                cause: file < 0 ? String(cString: strerror(errno)) : "it is no regular file")
        }
        left = UInt64(status.st_size)
        return left
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard received.count + bytes.count <= EngineSocket.mostBytes else { return false }
        received.append(contentsOf: bytes)
        return true
    }

    func give(_ place: UnsafeMutablePointer<CChar>, _ most: Int) -> Int {
        while true {
            let count = read(file, place, most)
            if count < 0, errno == EINTR { continue }
            // One that has become shorter would be waited for until the deadline.
            guard count > 0 || left == 0, count >= 0 else { return Int(CURL_READFUNC_ABORT) }
            left -= min(left, UInt64(count))
            return count
        }
    }

    func close() {
        kept?.deallocate()
        kept = nil
        if file >= 0 { Glibc.close(file) }
        file = -1
    }
}
