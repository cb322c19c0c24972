#define _GNU_SOURCE
#include "CLinuxShims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

const uint64_t TARE_CLONE_NEWNS = CLONE_NEWNS;
const uint64_t TARE_CLONE_NEWPID = CLONE_NEWPID;
const uint64_t TARE_CLONE_NEWNET = CLONE_NEWNET;
const uint64_t TARE_CLONE_NEWUTS = CLONE_NEWUTS;
const uint64_t TARE_CLONE_NEWIPC = CLONE_NEWIPC;
const uint64_t TARE_CLONE_NEWCGROUP = CLONE_NEWCGROUP;
const uint64_t TARE_MS_RDONLY = MS_RDONLY;
const uint64_t TARE_MS_NOSUID = MS_NOSUID;
const uint64_t TARE_MS_NODEV = MS_NODEV;
const uint64_t TARE_MS_NOEXEC = MS_NOEXEC;
const uint64_t TARE_MS_REC = MS_REC;
const uint64_t TARE_MS_SLAVE = MS_SLAVE;
const uint64_t TARE_MS_BIND = MS_BIND;
const uint64_t TARE_MS_PRIVATE = MS_PRIVATE;
const uint64_t TARE_MS_REMOUNT = MS_REMOUNT;
const uint64_t TARE_MS_MOVE = MS_MOVE;

struct child_context {
    const struct tare_spawn_request *request;
    struct tare_spawn_result *result;
};

static int fail(struct tare_spawn_result *result, const char *what) {
    result->error = errno ? errno : EIO;
    result->failed = what;
    return -1;
}

static int join_cgroups(const struct tare_spawn_request *request, struct tare_spawn_result *result) {
    if (!request->cgroup_procs) return 0;
    for (const char *const *file = request->cgroup_procs; *file; file++) {
        int descriptor = open(*file, O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) return fail(result, "opening a cgroup");
        ssize_t written = write(descriptor, "0", 1);
        if (written != 1) return fail(result, "joining a cgroup");
        close(descriptor);
    }
    return 0;
}

static int take_step(const struct tare_step *step) {
    switch (step->kind) {
    case TARE_STEP_MOUNT:
        return mount(step->first, step->second, step->third, step->flags, step->data);
    case TARE_STEP_MKDIR:
        return mkdir(step->first, (mode_t)step->flags) == 0 || errno == EEXIST ? 0 : -1;
    case TARE_STEP_MKNOD:
        return mknod(step->first, S_IFCHR | (mode_t)step->flags,
                     makedev((unsigned)(step->number >> 8), (unsigned)(step->number & 0xff)));
    case TARE_STEP_SYMLINK:
        return symlink(step->first, step->second);
    case TARE_STEP_CHDIR:
        return chdir(step->first);
    case TARE_STEP_MOUNTS: {
        int descriptor = open(step->first, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return -1;
        int entered = setns(descriptor, CLONE_NEWNS);
        int error = errno;
        close(descriptor);
        errno = error;
        return entered;
    }
    default:
        errno = EINVAL;
        return -1;
    }
}

static int change_root(const struct tare_spawn_request *request, struct tare_spawn_result *result) {
    if (request->root) {
        if (chdir(request->root) != 0) return fail(result, "entering the root filesystem");
        if (request->pivot) {
            // The old root is stacked below the new one and then taken away, so that no directory is needed for it.
            if (syscall(SYS_pivot_root, ".", ".") != 0) return fail(result, "pivot_root");
            if (umount2(".", MNT_DETACH) != 0) return fail(result, "leaving the old root");
        } else if (chroot(".") != 0) {
            return fail(result, "chroot");
        }
        if (chdir("/") != 0) return fail(result, "entering /");
    }
    if (request->directory && chdir(request->directory) != 0) return fail(result, "entering the working directory");
    return 0;
}

static int set_descriptors(const struct tare_spawn_request *request, struct tare_spawn_result *result) {
    int wanted[4] = {request->standard_input, request->standard_output, request->standard_error, request->further};
    int count = request->further ? 4 : 3;
    // First out of the way of 0 to 3, then into place: the sources may themselves be one of them.
    for (int index = 0; index < count; index++) {
        wanted[index] = fcntl(wanted[index], F_DUPFD, 4);
        if (wanted[index] < 0) return fail(result, "duplicating a descriptor");
    }
    for (int index = 0; index < count; index++)
        if (dup2(wanted[index], index) < 0) return fail(result, "placing a descriptor");
    // An inherited descriptor is a way out of a container (CVE-2024-21626).
    if (syscall(SYS_close_range, (unsigned)count, ~0U, 0U) != 0) return fail(result, "closing descriptors");
    return 0;
}

int tare_free_affinity(void) {
    // More than any kernel is built for; the kernel passes over those that it does not have, and over those that the cpuset
    // does not allow. By the system call: glibc's set ends at 1024.
    unsigned long all[8192 / (8 * sizeof(unsigned long))];
    memset(all, 0xff, sizeof all);
    return syscall(SYS_sched_setaffinity, 0, sizeof all, all) < 0 ? -1 : 0;
}

static int child_main(void *argument) {
    struct child_context *context = argument;
    const struct tare_spawn_request *request = context->request;
    struct tare_spawn_result *result = context->result;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    result->born_nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;

    // Handlers belong to the parent's code; the child starts as exec would leave it.
    // By the system call itself: the C library keeps its first two real-time signals from programs, and one of them may have
    // been ignored by whoever started tare. The structure is the kernel's: handler, flags, restorer, mask.
    unsigned long defaults[4] = {0, 0, 0, 0};
    for (int number = 1; number <= 64; number++)
        syscall(SYS_rt_sigaction, number, defaults, NULL, sizeof(unsigned long));
    setsid();

    if (join_cgroups(request, result) != 0) return 127;
    // Not by a flag of clone: the root of the namespace would be the group of the parent.
    if (request->own_groups_as_root && unshare(CLONE_NEWCGROUP) != 0) {
        fail(result, "making a control group namespace");
        return 127;
    }
    // What cannot be is no error: the kernel takes the allowed ones of the mask.
    tare_free_affinity();
    if (request->hostname && sethostname(request->hostname, strlen(request->hostname)) != 0) {
        fail(result, "setting the host name");
        return 127;
    }
    // Modes are meant as they stand.
    umask(0);
    for (size_t index = 0; index < request->step_count; index++) {
        if (take_step(&request->steps[index]) != 0) {
            result->failed_step = (long)index;
            fail(result, "preparing the root");
            return 127;
        }
    }
    // The usual one, and not that of whoever started tare.
    umask(022);
    if (set_descriptors(request, result) != 0) return 127;
    if (change_root(request, result) != 0) return 127;

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, (char *const *)request->argv, (char *const *)request->envp);
    fail(result, "exec");
    return 127;
}

int tare_spawn(const struct tare_spawn_request *request, struct tare_spawn_result *result) {
    // The parent sleeps until exec (CLONE_VFORK), so a piece of its own stack serves the child.
    _Alignas(16) char stack[64 * 1024];
    struct child_context context = {request, result};
    memset(result, 0, sizeof *result);
    result->pidfd = -1;
    result->failed_step = -1;

    // No handler of the parent may run in a child that shares its memory.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD | (int)request->namespaces;
    int pid = clone(child_main, stack + sizeof stack, flags, &context, &result->pidfd);
    int clone_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (pid < 0) {
        errno = clone_error;
        fail(result, "clone");
        return -1;
    }
    result->pid = pid;
    if (result->error) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        close(result->pidfd);
        result->pidfd = -1;
        return -1;
    }
    return 0;
}

int tare_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
int tare_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}
int tare_gettid(void) { return (int)syscall(SYS_gettid); }
ssize_t tare_getxattr(const char *path, const char *name, void *value, size_t size) {
    return getxattr(path, name, value, size);
}

int tare_unshare(uint64_t flags) { return unshare((int)flags); }
int tare_setns(int descriptor, uint64_t kind) { return setns(descriptor, (int)kind); }
int tare_open(const char *path, int flags, unsigned mode) { return open(path, flags, (mode_t)mode); }

int tare_openat(int directory, const char *path, int flags) { return openat(directory, path, flags); }

int tare_create_at(int directory, const char *path, unsigned mode) {
    return openat(directory, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
}

void tare_clear_flags(int descriptor) {
    int flags = 0;
    if (ioctl(descriptor, FS_IOC_GETFLAGS, &flags) != 0) return;
    int cleared = flags & ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
    if (cleared != flags) ioctl(descriptor, FS_IOC_SETFLAGS, &cleared);
}

const void *tare_find(const void *bytes, size_t count, const void *wanted, size_t wanted_count) {
    return memmem(bytes, count, wanted, wanted_count);
}

const void *tare_find_last(const void *bytes, int byte, size_t count) { return memrchr(bytes, byte, count); }

size_t tare_count(const void *bytes, int byte, size_t count) {
    const unsigned char *place = bytes;
    size_t found = 0;
    for (size_t index = 0; index < count; index++) found += place[index] == (unsigned char)byte;
    return found;
}

int tare_forget_middle(
    const char *path, uint64_t first, uint64_t last, uint64_t position, uint64_t unread, uint64_t *gone) {
    struct stat status;
    // Only once there is twice as much, so that a file is not worked at again and again. Looked at before it is opened: this is
    // done ten times a second, also in the rest before a start, and must leave the kernel quiet.
    if (lstat(path, &status) != 0) return -1;
    if (!S_ISREG(status.st_mode) || (uint64_t)status.st_blocks * 512 <= 2 * (first + last)) return 0;
    int descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return -1;
    int outcome = fstat(descriptor, &status);
    if (outcome == 0 && S_ISREG(status.st_mode)) {
        uint64_t size = (uint64_t)status.st_size;
        uint64_t end = size > last ? size - last : 0;
        // What is yet to be read is kept, as far as that is bounded too.
        int overtakes = position < end && size - position > unread;
        if (position < end) end = overtakes ? size - unread : position;
        if (end > first)
            outcome = fallocate(
                descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)first, (off_t)(end - first));
        if (outcome == 0 && overtakes) {
            *gone = end;
            outcome = 1;
        }
    }
    close(descriptor);
    return outcome;
}

int tare_child_ending(int pid, int *status) {
    siginfo_t found = {0};
    if (waitid(P_PID, (id_t)pid, &found, WEXITED | WNOHANG | WNOWAIT) != 0) return -1;
    if (found.si_pid != pid) return 0;
    *status = found.si_status;
    return found.si_code == CLD_EXITED ? 1 : 2;
}

int tare_open_in_root(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

// The calls that take a descriptor refuse one that was opened with O_PATH; by its name in /proc it is taken, links included.
static void name_descriptor(char path[32], int descriptor) { snprintf(path, 32, "/proc/self/fd/%d", descriptor); }

int64_t tare_list_attributes(int descriptor, char *names, size_t size) {
    char path[32];
    name_descriptor(path, descriptor);
    return listxattr(path, names, size);
}

int64_t tare_get_attribute(int descriptor, const char *name, void *value, size_t size) {
    char path[32];
    name_descriptor(path, descriptor);
    return getxattr(path, name, value, size);
}

int tare_set_attribute(int descriptor, const char *name, const void *value, size_t size) {
    char path[32];
    name_descriptor(path, descriptor);
    return setxattr(path, name, value, size, 0);
}

// A UNIX stream socket, and the address of a path; -1 with errno.
static int unix_socket(const char *path, struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int close_keeping_error(int descriptor) {
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int tare_listen_unix(const char *path) {
    struct sockaddr_un address;
    int descriptor = unix_socket(path, &address);
    if (descriptor < 0) return -1;
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 || listen(descriptor, 4) != 0)
        return close_keeping_error(descriptor);
    return descriptor;
}

int tare_connect_unix(const char *path) {
    struct sockaddr_un address;
    int descriptor = unix_socket(path, &address);
    if (descriptor < 0) return -1;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) return close_keeping_error(descriptor);
    return descriptor;
}

int tare_accept(int descriptor) { return accept4(descriptor, NULL, NULL, SOCK_CLOEXEC); }

int64_t tare_peer_user(int descriptor) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    return peer.uid;
}

int tare_adopt_orphans(int adopt) { return prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)adopt, 0UL, 0UL, 0UL); }

int tare_name_thread(const char *name) { return prctl(PR_SET_NAME, (unsigned long)name, 0UL, 0UL, 0UL); }

int tare_ended_child(void) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
    return info.si_pid;
}

// An instruction; `offset` counts the instructions that a jump passes over.
static struct bpf_insn instruction(int code, int target, int source, int offset, int value) {
    return (struct bpf_insn){.code = (uint8_t)code, .dst_reg = (uint8_t)target, .src_reg = (uint8_t)source,
                             .off = (int16_t)offset, .imm = value};
}

int tare_load_device_program(const int32_t *pairs, size_t count) {
    struct bpf_insn code[256];
    size_t length = 0;
    if (count > 32) {
        errno = E2BIG;
        return -1;
    }
    // The context, in register 1: kind of access in the upper and of device in the lower half of the first word, then major
    // and minor. Registers 2, 3, 4 become kind, major, minor.
    code[length++] = instruction(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_2, BPF_REG_1, 0, 0);
    code[length++] = instruction(BPF_ALU | BPF_AND | BPF_K, BPF_REG_2, 0, 0, 0xffff);
    code[length++] = instruction(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_3, BPF_REG_1, 4, 0);
    code[length++] = instruction(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_4, BPF_REG_1, 8, 0);
    code[length++] = instruction(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_2, 0, 2, BPF_DEVCG_DEV_CHAR);
    code[length++] = instruction(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0);
    code[length++] = instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    for (size_t index = 0; index < count; index++) {
        int any = pairs[2 * index + 1] < 0;
        code[length++] = instruction(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_3, 0, any ? 2 : 3, pairs[2 * index]);
        if (!any) code[length++] = instruction(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_4, 0, 2, pairs[2 * index + 1]);
        code[length++] = instruction(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 1);
        code[length++] = instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    }
    code[length++] = instruction(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0);
    code[length++] = instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = (uint64_t)(uintptr_t)code;
    attributes.insn_cnt = (uint32_t)length;
    attributes.license = (uint64_t)(uintptr_t) "Apache-2.0";
    return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
}

int tare_attach_device_program(int program, int cgroup) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)cgroup;
    attributes.attach_bpf_fd = (uint32_t)program;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    // Beside what a manager (systemd, say) has attached above: both are asked.
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    return (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attributes, sizeof attributes);
}

int tare_loopback_up(void) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct ifreq interface;
    memset(&interface, 0, sizeof interface);
    strcpy(interface.ifr_name, "lo");
    int outcome = ioctl(descriptor, SIOCGIFFLAGS, &interface);
    if (outcome == 0) {
        interface.ifr_flags |= IFF_UP;
        outcome = ioctl(descriptor, SIOCSIFFLAGS, &interface);
    }
    int error = errno;
    close(descriptor);
    errno = error;
    return outcome;
}
