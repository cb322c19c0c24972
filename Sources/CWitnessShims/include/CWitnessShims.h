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
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <net/route.h>
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
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/un.h>
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

/// Swift cannot cast between socket address types. Connects to a UNIX socket.
static inline int witness_connect_unix(int descriptor, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    return connect(descriptor, (const struct sockaddr *)&address, sizeof address);
}

/// `prctl` is variadic. Lets this process's timers expire within a nanosecond of their time instead of 50 microseconds.
static inline void witness_exact_timers(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

/// `prctl` is variadic. Ends this process together with the one that forked it.
static inline void witness_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL); }

/// A descriptor from which blocked signals are read, closed by an exec; -1 where there is none.
static inline int witness_signal_descriptor(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// The number of the next signal that waits; 0 where none does.
static inline int witness_next_signal(int descriptor) {
    struct signalfd_siginfo signal;
    return read(descriptor, &signal, sizeof signal) == (ssize_t)sizeof signal ? (int)signal.ssi_signo : 0;
}

/// `P_PID` is an enumerator. Whether a child has ended; it is not reaped.
static inline int witness_has_ended(pid_t child) {
    siginfo_t found;
    memset(&found, 0, sizeof found);
    return waitid(P_PID, (id_t)child, &found, WEXITED | WNOHANG | WNOWAIT) == 0 && found.si_pid == child;
}

/// Waits for descriptors to the nanosecond; `UINT64_MAX` waits without end.
static inline int witness_poll(struct pollfd *descriptors, unsigned int count, uint64_t nanoseconds) {
    struct timespec pause = {(time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)};
    return ppoll(descriptors, count, nanoseconds == UINT64_MAX ? NULL : &pause, NULL);
}

/// `fcntl` is variadic. Lets reads from a descriptor return at once.
static inline void witness_never_wait(int descriptor) {
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

/// `SIG_IGN` is a cast, which Swift does not import.
static inline void witness_ignore_broken_pipe(void) { signal(SIGPIPE, SIG_IGN); }

/// `sigaction` keeps two signals to itself, whose dispositions are handed on all the same. Default dispositions for all, and
/// no signal blocked; 0, or -1 with errno set. The zeros are SIG_DFL, no flags and an empty mask on every architecture.
static inline int witness_default_signals(void) {
    unsigned long action[8] = {0};
    unsigned long mask = 0;
    for (int number = 1; number <= 64; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        if (syscall(SYS_rt_sigaction, number, action, NULL, sizeof mask) != 0) return -1;
    }
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
}

/// `setrlimit` takes an enumeration under _GNU_SOURCE.
static inline int witness_set_limit(int number, unsigned long soft, unsigned long hard) {
    struct rlimit limit = {soft, hard};
    return setrlimit((enum __rlimit_resource)number, &limit);
}

/// `prctl` is variadic. Whether a capability is in the bounding set; -1 where the kernel does not know it.
static inline int witness_has_bounding(int number) { return prctl(PR_CAPBSET_READ, (unsigned long)number, 0UL, 0UL, 0UL); }

/// `prctl` is variadic. Takes a capability out of the bounding set.
static inline int witness_drop_bounding(int number) {
    return prctl(PR_CAPBSET_DROP, (unsigned long)number, 0UL, 0UL, 0UL);
}

/// `capset` has no function in the C library. Leaves no capability beyond a mask, and none to be inherited.
static inline int witness_reduce_capabilities(uint64_t kept) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    // Kernels before 4.3 know no ambient set, and gVisor neither: then there is nothing in it.
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL);
    if (syscall(SYS_capget, &header, data) != 0) return -1;
    for (int half = 0; half < 2; half++) {
        data[half].permitted &= (uint32_t)(kept >> (32 * half));
        data[half].effective = data[half].permitted & data[half].effective;
        data[half].inheritable = 0;
    }
    return (int)syscall(SYS_capset, &header, data);
}

/// `setgroups` takes a count of another type than Swift's.
static inline int witness_set_groups(long count, const gid_t *groups) { return setgroups((size_t)count, groups); }

/// Makes a user the owner of a stream, or it could not open it again as /dev/stdout. `st_rdev` is looked at by macros:
/// /dev/null is everybody's. What does not let itself be given away stays as it is, as under engines.
static inline void witness_give_stream(int descriptor, uid_t user) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return;
    if (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)) return;
    if (fchown(descriptor, user, (gid_t)-1) != 0) return;
}

/// Needs the cast from `sockaddr_in` to `sockaddr`. Connects a socket to a port of an address in the network's order of bytes.
static inline int witness_connect(int descriptor, uint32_t to, uint16_t port) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = to;
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

/// `ifr_addr` is a macro. The address of `eth0`, in the network's order of bytes; 0 or an error number.
static inline int witness_interface_address(uint32_t *address) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "eth0", 5);
    int error = ioctl(descriptor, SIOCGIFADDR, &request) == 0 ? 0 : errno;
    if (error == 0) *address = ((const struct sockaddr_in *)&request.ifr_addr)->sin_addr.s_addr;
    close(descriptor);
    return error;
}

/// `ioctl` is variadic and these fields are macros. Gives `eth0` an address, raises it, and sends by way of a gateway what no other
/// route is for; addresses in the network's order of bytes. 0 or an error number.
static inline int witness_raise_interface(uint32_t address, int prefix, uint32_t gateway) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "eth0", 5);
    struct sockaddr_in *value = (struct sockaddr_in *)&request.ifr_addr;
    value->sin_family = AF_INET;
    value->sin_addr.s_addr = address;
    int error = ioctl(descriptor, SIOCSIFADDR, &request) == 0 ? 0 : errno;
    if (error == 0) {
        value->sin_addr.s_addr = htonl(prefix <= 0 ? 0 : 0xFFFFFFFFu << (32 - prefix));
        if (ioctl(descriptor, SIOCSIFNETMASK, &request) != 0) error = errno;
    }
    if (error == 0) {
        request.ifr_flags = 0;
        if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) error = errno;
        request.ifr_flags |= IFF_UP;
        if (error == 0 && ioctl(descriptor, SIOCSIFFLAGS, &request) != 0) error = errno;
    }
    if (error == 0) {
        struct rtentry route;
        memset(&route, 0, sizeof route);
        struct sockaddr_in *part = (struct sockaddr_in *)&route.rt_gateway;
        part->sin_family = AF_INET;
        part->sin_addr.s_addr = gateway;
        ((struct sockaddr_in *)&route.rt_dst)->sin_family = AF_INET;
        ((struct sockaddr_in *)&route.rt_genmask)->sin_family = AF_INET;
        route.rt_flags = RTF_UP | RTF_GATEWAY;
        if (ioctl(descriptor, SIOCADDRT, &route) != 0 && errno != EEXIST) error = errno;
    }
    close(descriptor);
    return error;
}

/// Reads a number of at most `limit`, and moves behind it; -1 where there is none. `sscanf` would make the program twice as large.
static inline long witness_take_number(const char **text, long limit) {
    if (**text < '0' || **text > '9') return -1;
    long number = 0;
    while (**text >= '0' && **text <= '9') {
        number = number * 10 + (*(*text)++ - '0');
        if (number > limit) return -1;
    }
    return number;
}

/// Reads `198.18.0.2` in the network's order of bytes, and moves behind it; 0 where it is none.
static inline int witness_take_address(const char **text, uint32_t *address) {
    uint32_t value = 0;
    for (int part = 0; part < 4; part++) {
        if (part > 0 && *(*text)++ != '.') return 0;
        long number = witness_take_number(text, 255);
        if (number < 0) return 0;
        value = value << 8 | (uint32_t)number;
    }
    *address = htonl(value);
    return 1;
}

/// Reads `ADDRESS/PREFIX/GATEWAY`, such as `198.18.0.2/22/198.18.0.1`; 0 where it is none.
static inline int witness_read_network(const char *text, uint32_t *address, int *prefix, uint32_t *gateway) {
    if (!witness_take_address(&text, address) || *text++ != '/') return 0;
    long bits = witness_take_number(&text, 32);
    if (bits < 0 || *text++ != '/') return 0;
    *prefix = (int)bits;
    return witness_take_address(&text, gateway) && *text == 0;
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

/// `makedev` is a macro. Makes a character device that everybody may read and write, whatever the umask; 0, or -1 with errno.
static inline int witness_make_device(const char *path, unsigned int major, unsigned int minor) {
    if (mknod(path, S_IFCHR | 0666, makedev(major, minor)) != 0) return -1;
    return chmod(path, 0666);
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

#include "WorldShims.h"

#endif
