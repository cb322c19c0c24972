// What the witness needs to tell the world of an instance (Sources/witness/World), beside what it needs for all else.
#ifndef C_WITNESS_WORLD_SHIMS_H
#define C_WITNESS_WORLD_SHIMS_H

#include <dirent.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

/// A name is an array at the end of a structure, which Swift imports as a tuple.
static inline const char *witness_entry_name(const struct dirent *entry) { return entry->d_name; }

/// `struct rlimit` is given to a function whose first parameter is an enumeration under _GNU_SOURCE; `resource` counts from 0.
/// Whether the kernel knows it; what has no limit is UINT64_MAX.
static inline int witness_read_limit(int resource, uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) return 0;
    *soft = limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
    *hard = limit.rlim_max == RLIM_INFINITY ? UINT64_MAX : limit.rlim_max;
    return 1;
}

/// How many CPUs this process may run on. By the system call: the library's set holds 1024 CPUs and no more.
static inline int witness_affinity_count(void) {
    unsigned long mask[1024];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word < bytes / (long)sizeof mask[0]; word++) count += __builtin_popcountl(mask[word]);
    return count;
}

/// The release of the kernel; `uname` gives arrays.
static inline const char *witness_kernel_release(void) {
    static struct utsname names;
    return uname(&names) == 0 ? names.release : "";
}

/// The size of the file system at a path, in bytes; 0 where there is none.
static inline uint64_t witness_file_system_size(const char *path) {
    struct statvfs status;
    return statvfs(path, &status) == 0 ? (uint64_t)status.f_blocks * status.f_frsize : 0;
}

/// The first parameter of `getpriority` is an enumeration under _GNU_SOURCE.
static inline int witness_nice(void) { return getpriority(PRIO_PROCESS, 0); }

/// `prctl` is variadic.
static inline long witness_timer_slack(void) { return prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL); }

/// `ioprio_get` has no function in the C library.
static inline long witness_io_priority(void) { return syscall(SYS_ioprio_get, 1 /* IOPRIO_WHO_PROCESS */, 0); }

/// `S_ISBLK` and its kind are function-like macros: `b`, `c`, `d`, `f` (a regular file), `l`, `p`, `s`.
static inline char witness_kind(const struct stat *status) {
    switch (status->st_mode & S_IFMT) {
    case S_IFBLK: return 'b';
    case S_IFCHR: return 'c';
    case S_IFDIR: return 'd';
    case S_IFREG: return 'f';
    case S_IFLNK: return 'l';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    default: return '?';
    }
}

/// `lstat` and `fstat` share their name with the structure. 0, or -1 with errno set.
static inline int witness_status_of_link(const char *path, struct stat *status) { return lstat(path, status); }
static inline int witness_status_of_descriptor(int descriptor, struct stat *status) { return fstat(descriptor, status); }

/// `major` and `minor` are function-like macros.
static inline unsigned int witness_major(const struct stat *status) { return major(status->st_rdev); }
static inline unsigned int witness_minor(const struct stat *status) { return minor(status->st_rdev); }

#endif
