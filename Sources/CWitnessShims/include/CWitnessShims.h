// The C library for the witness. Embedded Swift cannot import Glibc, so the headers come through this module.
// Beside them stand small inline wrappers, each for something that Swift cannot import: variadic functions, macros
// that are not constants, casts between socket address types, and system calls without a function of their own.
#ifndef C_WITNESS_SHIMS_H
#define C_WITNESS_SHIMS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/// Embedded Swift has no `CommandLine`. The argument of that index, or NULL.
const char *witness_argument(int index);

/// `errno` is a macro over a function call, which Swift does not import.
static inline int witness_errno(void) { return errno; }

/// `open` is variadic.
static inline int witness_open(const char *path, int flags, unsigned int mode) { return open(path, flags, mode); }

/// `fcntl` is variadic. Duplicates a descriptor to the lowest free number from `lowest` on, closed by an exec.
static inline int witness_duplicate(int descriptor, int lowest) {
    return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest);
}

/// `fcntl` is variadic. Whether a descriptor number is in use.
static inline int witness_is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }

/// `fork` is withheld from Swift, because Swift code with threads could not use it safely. The witness has one thread.
static inline pid_t witness_fork(void) { return fork(); }

/// `close_range` is absent from older C libraries. Marks all descriptors from `first` on to be closed by an exec.
static inline long witness_close_on_exec_from(unsigned int first) {
#ifdef SYS_close_range
    return syscall(SYS_close_range, first, ~0U, 1U << 2 /* CLOSE_RANGE_CLOEXEC, since Linux 5.11 */);
#else
    return -1;
#endif
}

/// `finit_module` has no function in the C library.
static inline long witness_load_module(int descriptor) { return syscall(SYS_finit_module, descriptor, "", 0); }

/// `environ` is a variable that Swift 6 holds to be unsafe. `execvp` looks PATH up in it.
static inline void witness_set_environment(char **environment) { environ = environment; }

/// `prctl` is variadic. Lets this process's timers expire within a nanosecond of their time instead of 50 microseconds.
static inline void witness_exact_timers(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

/// `SIG_IGN` is a cast, which Swift does not import.
static inline void witness_ignore_broken_pipe(void) { signal(SIGPIPE, SIG_IGN); }

/// `struct rlimit` is given to a function whose first parameter is an enumeration under _GNU_SOURCE.
static inline int witness_limit_address_space(unsigned long bytes) {
    struct rlimit limit = {bytes, bytes};
    return setrlimit(RLIMIT_AS, &limit);
}

/// Needs the cast from `sockaddr_in` to `sockaddr`. Connects a socket to a port of 127.0.0.1.
static inline int witness_connect_loopback(int descriptor, uint16_t port) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(descriptor, (const struct sockaddr *)&address, sizeof address);
}

/// `SOCK_STREAM` and its kind are enumerators, whose combination needs casts in Swift.
static inline int witness_stream_socket(void) {
    return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/// The error of a connect that was completed in the background; `getsockopt` needs a length by pointer.
static inline int witness_socket_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
    return error;
}

/// Makes `close` reset the connection, so that no TIME_WAIT entry stays behind in the instance.
static inline void witness_reset_on_close(int descriptor) {
    struct linger linger = {1, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/// `ioctl` is variadic and `ifr_flags` a macro. Brings `lo` up where it exists and is down; 0 or an error number.
static inline int witness_loopback_up(void) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "lo", 3);
    int error = 0;
    if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) {
        error = errno;
    } else if (!(request.ifr_flags & IFF_UP)) {
        request.ifr_flags |= IFF_UP;
        if (ioctl(descriptor, SIOCSIFFLAGS, &request) != 0) error = errno;
    }
    close(descriptor);
    return error;
}

/// The fields of `termios` are set through macros. Raw mode without echo or modem control; 0 or an error number.
static inline int witness_raw_terminal(int descriptor) {
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) return errno;
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    cfsetspeed(&settings, B115200);
    return tcsetattr(descriptor, TCSANOW, &settings) == 0 ? 0 : errno;
}

/// `S_ISBLK` is a function-like macro. Whether a path is a block device.
static inline int witness_is_block_device(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISBLK(status.st_mode);
}

/// `st_size` of a file that must be regular, or -1 with errno set.
static inline long witness_file_size(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return -1;
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        return -1;
    }
    return (long)status.st_size;
}

#endif
