// What Swift cannot import or cannot do safely: each shim says why it exists.
#ifndef CLINUXSHIMS_H
#define CLINUXSHIMS_H

// As few headers as can be: a definition that Swift's Glibc module has too must not come twice.
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

// --- Spawning -------------------------------------------------------------------------------------------------
// Between clone and exec only async-signal-safe code may run, and the child shares the parent's memory
// (CLONE_VM | CLONE_VFORK: a fork would copy tens of MiB of page tables inside the measured time). Swift may
// allocate or retain at any statement, so this part must be C.

enum tare_step_kind {
    TARE_STEP_MOUNT = 1,    // mount(first, second, third, flags, data)
    TARE_STEP_MKDIR = 2,    // mkdir(first, flags); EEXIST is no error
    TARE_STEP_MKNOD = 3,    // mknod(first, S_IFCHR | mode in flags, device numbers in number)
    TARE_STEP_SYMLINK = 4,  // symlink(first, second)
    TARE_STEP_CHDIR = 5,    // chdir(first), from which relative paths of later steps start
    TARE_STEP_MOUNTS = 6,   // setns(2) into the mount namespace that the file first is
};

struct tare_step {
    int kind;
    const char *first;
    const char *second;
    const char *third;
    unsigned long flags;
    const char *data;
    uint64_t number;
};

struct tare_spawn_request {
    const char *path;
    const char *const *argv;
    const char *const *envp;
    uint64_t namespaces;                 // CLONE_NEW* flags
    int own_groups_as_root;              // a control group namespace, made once the child is in its groups
    int standard_input;                  // become descriptors 0, 1, 2; all others are closed
    int standard_output;
    int standard_error;
    int further;                         // becomes descriptor 3, unless it is 0
    const char *const *cgroup_procs;     // files into which the child writes itself first; NULL-terminated
    const struct tare_step *steps;       // done in the child, in order, before the root changes
    size_t step_count;
    const char *root;                    // new root directory, or NULL
    int pivot;                           // pivot_root into it (needs CLONE_NEWNS) instead of chroot
    const char *hostname;                // set when not NULL (needs CLONE_NEWUTS)
    const char *directory;               // working directory after the root changed; NULL keeps it
};

struct tare_spawn_result {
    int pid;
    int pidfd;
    uint64_t born_nanoseconds;           // CLOCK_MONOTONIC, read by the child's first instruction
    int error;                           // errno of what failed, 0 when exec succeeded
    const char *failed;                  // what failed, a static word
    long failed_step;                    // which step, or -1
};

// The child may run on every CPU that its cpuset allows, with the usual umask, whatever the caller has.
// Returns 0 when the program was exec'd; else result->error says why and no process is left.
int tare_spawn(const struct tare_spawn_request *request, struct tare_spawn_result *result);

// --- System calls that glibc 2.36 or Swift's Glibc module do not offer -------------------------------------------
int tare_pidfd_open(int pid);
int tare_pidfd_send_signal(int pidfd, int signal);
int tare_gettid(void);
int tare_unshare(uint64_t flags);

/// getxattr(2), which Swift's Glibc lacks.
ssize_t tare_getxattr(const char *path, const char *name, void *value, size_t size);
int tare_setns(int descriptor, uint64_t kind);

// prctl(2) is variadic, which Swift does not import. While it is set, a process whose parent ended becomes a child of this
// process instead of a child of the host's first one.
int tare_adopt_orphans(int adopt);

// prctl(2) again: the name of the calling thread, of which 15 bytes are kept.
int tare_name_thread(const char *name);

// The fields of siginfo_t are macros over unions, which Swift does not import. Tells a child of this process that has ended
// and was not waited for, without reaping it; 0 when there is none.
int tare_ended_child(void);

// cpu_set_t is made of macros. Lets the calling thread run on every CPU that its cpuset allows; 0, or -1 with errno.
int tare_free_affinity(void);

// open(2) is variadic in C, which Swift does not import.
int tare_open(const char *path, int flags, unsigned mode);

// openat(2) is variadic too. Opens only what is there.
int tare_openat(int directory, const char *path, int flags);
// Makes a file for writing; fails where anything stands there already.
int tare_create_at(int directory, const char *path, unsigned mode);

// FS_IOC_SETFLAGS is a macro with casts. Takes away the flags that forbid to remove a file or what is in a directory (immutable,
// append-only); where the file system knows none, nothing happens.
void tare_clear_flags(int descriptor);

// The flags of fallocate(2) are macros of a header that the importer does not see. Gives back the disk of all but the first
// and the last bytes of a file; what was there reads as zeros, and offsets stay what they are. From a position on nothing is given
// back (UINT64_MAX for none) unless more than so much is unread. 0, or -1 where there is no such file or the file system cannot;
/// 1 where what was unread had to be given back too; `gone` becomes the position up to which it was.
int tare_forget_middle(
    const char *path, uint64_t first, uint64_t last, uint64_t position, uint64_t unread, uint64_t *gone);

// memmem(3) and memrchr(3) are there under _GNU_SOURCE only.
const void *tare_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count);
const void *tare_find_last(const void *bytes, int byte, size_t count);

// In Swift without optimisation a loop over every byte costs ten times as much. How often a byte occurs.
size_t tare_count(const void *bytes, int byte, size_t count);

// The fields of siginfo_t are macros. How a child ended, which is not reaped: 1 by itself with `status`, 2 by the signal `status`,
// 0 while it runs, -1 where it is no child.
int tare_child_ending(int pid, int *status);

// openat2(2) has no wrapper in glibc. Opens a path as a process would that has this directory as its root: links in it, absolute
// ones too, do not lead out of it. For looking only (O_PATH).
int tare_open_in_root(int root, const char *path);

// <sys/xattr.h> is not in Swift's Glibc module. Of an open file or link, also one that was opened only to be looked at (O_PATH):
// the sizes and errors are those of listxattr(2), getxattr(2) and setxattr(2).
int64_t tare_list_attributes(int descriptor, char *names, size_t size);
int64_t tare_get_attribute(int descriptor, const char *name, void *value, size_t size);
int tare_set_attribute(int descriptor, const char *name, const void *value, size_t size);

// The address arguments of bind(2) and accept(2) are transparent unions in glibc's headers, which Swift cannot pass.
// Listens on a UNIX stream socket; -1 with errno (ENAMETOOLONG for a path over 107 bytes).
int tare_listen_unix(const char *path);
int tare_accept(int descriptor);
// Connects to one; -1 with errno.
int tare_connect_unix(const char *path);
// struct ucred is hidden from the importer. The user of the process that connected a UNIX socket; -1 with errno.
int64_t tare_peer_user(int descriptor);

// bpf(2) has no wrapper, and its instructions are macros over bit fields. A program for a cgroup of v2 that lets its processes
// open and make these character devices and no others; pairs of major and minor numbers, -1 for any minor. A descriptor, or -1.
int tare_load_device_program(const int32_t *pairs, size_t count);
int tare_attach_device_program(int program, int cgroup);

// ioctl(2) is variadic: raises the loopback interface of the calling thread's network namespace.
int tare_loopback_up(void);

// Constants that are macros with casts, or absent from the importer's view.
extern const uint64_t TARE_CLONE_NEWNS, TARE_CLONE_NEWPID, TARE_CLONE_NEWNET, TARE_CLONE_NEWUTS, TARE_CLONE_NEWIPC,
    TARE_CLONE_NEWCGROUP;
extern const uint64_t TARE_MS_RDONLY, TARE_MS_NOSUID, TARE_MS_NODEV, TARE_MS_NOEXEC, TARE_MS_REC, TARE_MS_SLAVE;
extern const uint64_t TARE_MS_BIND, TARE_MS_PRIVATE, TARE_MS_REMOUNT, TARE_MS_MOVE;

#include "netlink_shims.h"

#endif
