#include "native/data/fetch.hpp"

#include <curl/curl.h>

#include <exception>
#include <memory>
#include <mutex>
#include <new>

#include "engine/core/error.hpp"
#include "native/data/sha256.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

namespace {

struct CloseCurl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseCurl>;

Handle open_curl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    Handle handle(curl_easy_init());
    if (!handle) throw std::bad_alloc();
    return handle;
}

/// Shared with the callbacks of fetch_file. C code must see no exception, so one is kept here and rethrown
/// afterwards.
struct Transfer {
    const DatasetFile& file;
    const FetchObserver& observer;
    TemporaryFile& target;
    Sha256 checksum;
    int64_t received = 0;
    bool stopped = false;
    std::exception_ptr failure;
};

size_t take_bytes(const char* bytes, size_t, size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    try {
        const std::span<const uint8_t> piece(reinterpret_cast<const uint8_t*>(bytes), count);
        transfer.received += static_cast<int64_t>(count);
        // An endless answer must not fill the disk.
        if (transfer.file.bytes > 0 && transfer.received > transfer.file.bytes) return 0;
        transfer.checksum.update(piece);
        transfer.target.write(piece);
        return count;
    } catch (...) {
        transfer.failure = std::current_exception();
        return 0;
    }
}

int report_progress(void* user, curl_off_t total, curl_off_t received, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(user);
    if (!transfer.observer) return 0;
    try {
        const int64_t expected = total > 0 ? static_cast<int64_t>(total) : transfer.file.bytes;
        transfer.stopped = !transfer.observer({transfer.file, static_cast<int64_t>(received), expected});
    } catch (...) {
        transfer.failure = std::current_exception();
    }
    return transfer.stopped || transfer.failure ? 1 : 0;
}

void set_options(CURL* curl, Transfer& transfer, char* message) {
    curl_easy_setopt(curl, CURLOPT_URL, transfer.file.url.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "cnnlab");
    // file: is for copies on a local disk; a server must not redirect there.
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1000L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 60L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, report_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

[[noreturn]] void fail_transfer(CURL* curl, CURLcode code, const DatasetFile& file,
                                const std::string& detail) {
    std::string problem = "could not be fetched: " + detail,
                remedy = "try again later, or give a copy with --data DIR";
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
        code == CURLE_COULDNT_RESOLVE_PROXY) {
        problem = "could not be fetched, there seems to be no network: " + detail;
        remedy = "connect to the internet, or give a copy with --data DIR";
    } else if (code == CURLE_HTTP_RETURNED_ERROR) {
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        problem = "could not be fetched: the server answered with status " + std::to_string(status);
    }
    throw Error(ErrorCode::missing_data, file.url, problem, remedy);
}

}  // namespace

void fetch_file(const DatasetFile& file, const std::filesystem::path& folder, const FetchObserver& observer) {
    remove_old_leftovers(folder / file.name);
    TemporaryFile target(folder / file.name);
    Transfer transfer{.file = file, .observer = observer, .target = target, .checksum = {}, .failure = {}};
    char message[CURL_ERROR_SIZE] = "";
    const Handle curl = open_curl();
    set_options(curl.get(), transfer, message);
    const CURLcode code = curl_easy_perform(curl.get());

    if (transfer.failure) std::rethrow_exception(transfer.failure);
    if (transfer.stopped)
        throw Error(ErrorCode::missing_data, file.url, "the download was stopped", "start it again");
    const bool too_long = file.bytes > 0 && transfer.received > file.bytes;
    if (code != CURLE_OK && !too_long) {
        fail_transfer(curl.get(), code, file, message[0] != 0 ? message : curl_easy_strerror(code));
    }
    constexpr const char* remedy = "try again later: the server may have sent an error page";
    if (too_long || (file.bytes > 0 && transfer.received != file.bytes)) {
        throw Error(ErrorCode::bad_file, file.url,
                    too_long ? "sent more than the " + std::to_string(file.bytes) + " bytes of " + file.name
                             : "sent " + std::to_string(transfer.received) + " of " +
                                   std::to_string(file.bytes) + " bytes",
                    remedy);
    }
    const std::string sum = transfer.checksum.finish();
    if (!file.sha256.empty() && sum != file.sha256) {
        throw Error(ErrorCode::bad_file, file.url,
                    "sent a file with sha256 " + sum + " instead of " + file.sha256, remedy);
    }
    target.commit();
}

}  // namespace cnnlab
