// libcurl for Swift, which cannot call variadic functions: a small inline wrapper for each kind of option.
#include <curl/curl.h>

typedef int (*tare_curl_watcher)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
typedef size_t (*tare_curl_mover)(char *, size_t, size_t, void *);

static inline CURLcode tare_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode tare_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
/// Text and bytes are copied but for those of CURLOPT_POSTFIELDS, which must live as long as the request.
static inline CURLcode tare_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode tare_curl_set_mover(CURL *handle, CURLoption option, tare_curl_mover mover) {
    return curl_easy_setopt(handle, option, mover);
}
static inline CURLcode tare_curl_set_watcher(CURL *handle, tare_curl_watcher watcher) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watcher);
}
static inline long tare_curl_number(CURL *handle, CURLINFO what) {
    long value = 0;
    return curl_easy_getinfo(handle, what, &value) == CURLE_OK ? value : 0;
}
