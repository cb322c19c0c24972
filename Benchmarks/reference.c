// The references beside which `Benchmarks/overhead` puts tare: the same work, done by as little code as can be. One
// static program, also the command of the instances that are started on both sides.
//
//   reference bare N REST WITNESS        times: spawn, and read the first byte that the witness sends
//   reference floor N REST DIRECTORY LOWER GROUP HIERARCHY...
//                                        the same with what tare's `process` platform does for each instance: overlay,
//                                        /dev and /proc, chroot, closed descriptors, default signals; in a cgroup with
//                                        the same limits, made beforehand in each hierarchy (v1) or joined (v2)
//   reference namespaces N REST DIRECTORY LOWER GROUP HIERARCHY...
//                                        the same with what tare's `namespaces` platform does: control groups made in each
//                                        hierarchy and joined by the child, new namespaces, overlay, /proc, /sys, /dev,
//                                        pivot_root
//   reference bundle N REST DIRECTORY LOWER CONFIG
//                                        what tare's `oci` platform does for each instance around `runc run`: overlay
//                                        and config.json made, overlay unmounted
//   reference end                        a command that ends once its children have, so that its container ends by
//                                        itself right after the witness's helper has sent `ready`
//   reference late SECONDS FILE          a command that makes a file after a while
//
// Times are printed one a line, in nanoseconds of CLOCK_MONOTONIC. Directories are tidied up outside the timed part. Before
// each timed part, after all that is prepared for it, nothing is done for REST milliseconds, as in tare.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void need(int good, const char *what) {
    if (good) return;
    fprintf(stderr, "reference: %s: %s\n", what, strerror(errno));
    exit(1);
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static char directory[PATH_MAX / 2], overlay_data[PATH_MAX], root[PATH_MAX], path[PATH_MAX * 2];
static const char *program, *group = "";
static char **hierarchies;
static int channel, hierarchy_count, unified;
static useconds_t rest;

// What an instance runs in.
enum kind { BARE, CHROOT, NAMESPACES };

static const char *in_directory(const char *name) {
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

// The cgroups are tare's instrumentation for equal limits: what they cost a start must be on both sides.

static const char *in_group(int hierarchy, int number, const char *file) {
    if (number < 0) snprintf(path, sizeof path, "%s%s%s", hierarchies[hierarchy], group, file);
    else snprintf(path, sizeof path, "%s%s/i%d%s", hierarchies[hierarchy], group, number, file);
    return path;
}

static int put(const char *file, const char *text) {
    int descriptor = open(file, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    ssize_t written = write(descriptor, text, strlen(text));
    close(descriptor);
    return written < 0 ? -1 : 0;
}

// A new cpuset of v1 is empty, and no process may enter an empty one.
static void fill_cpuset(int hierarchy, int number, const char *file) {
    static char upper[PATH_MAX * 2], text[4096];
    if (number < 0) snprintf(upper, sizeof upper, "%s%s", hierarchies[hierarchy], file);
    else snprintf(upper, sizeof upper, "%s", in_group(hierarchy, -1, file));
    int source = open(upper, O_RDONLY);
    if (source < 0) return;
    ssize_t length = read(source, text, sizeof text - 1);
    close(source);
    text[length > 0 ? length : 0] = 0;
    put(in_group(hierarchy, number, file), text);
}

// As tare does: the namespaces platform leaves the joining to the child, inside the measured time.
static void make_group(int number, int joining) {
    for (int index = 0; index < hierarchy_count; index++) {
        need(mkdir(in_group(index, number, ""), 0755) == 0, path);
        fill_cpuset(index, number, "/cpuset.cpus");
        fill_cpuset(index, number, "/cpuset.mems");
        if (number < 0) {
            if (unified) put(in_group(index, number, "/cgroup.subtree_control"), "+cpu +memory");
            continue;
        }
        // The limits of the suite; a hierarchy takes those that it has.
        put(in_group(index, number, unified ? "/memory.max" : "/memory.limit_in_bytes"), "134217728");
        if (!unified) put(in_group(index, number, "/cpu.cfs_period_us"), "100000");
        put(in_group(index, number, unified ? "/cpu.max" : "/cpu.cfs_quota_us"), unified ? "100000 100000" : "100000");
        if (joining && !unified) need(put(in_group(index, number, "/tasks"), "0") == 0, path);
    }
}

static void go_home(void) {
    for (int index = 0; index < hierarchy_count && !unified; index++)
        need(put(in_group(index, -1, "/cgroup.procs"), "0") == 0, path);
}

static void remove_group(int number, int joining) {
    for (int index = 0; index < hierarchy_count; index++) {
        if (joining && number >= 0 && !unified) need(put(in_group(index, -1, "/tasks"), "0") == 0, path);
        // Busy for a moment after its last process.
        for (int attempt = 0; rmdir(in_group(index, number, "")) != 0 && attempt < 2000; attempt++) usleep(1000);
    }
}

static void leave_groups(void) {
    for (int index = 0; index < hierarchy_count && !unified; index++) {
        snprintf(path, sizeof path, "%s/cgroup.procs", hierarchies[index]);
        put(path, "0");
    }
    remove_group(-1, 0);
}

static const char *in_root(const char *name) {
    snprintf(path, sizeof path, "%s%s", root, name);
    return path;
}

static int made(const char *name, mode_t mode) { return mkdir(in_root(name), mode) == 0 || errno == EEXIST; }

// What tare's namespaces platform mounts in an instance's root.
static int furnish(void) {
    static const struct { const char *name; unsigned major, minor; } devices[] = {
        {"/dev/null", 1, 3}, {"/dev/zero", 1, 5}, {"/dev/full", 1, 7}, {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9},
        {"/dev/tty", 5, 0}};
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"}, {"/proc/self/fd/0", "/dev/stdin"}, {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"}};
    unsigned long safe = MS_NOSUID | MS_NOEXEC;
    int good = mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0
        && mount("overlay", root, "overlay", 0, overlay_data) == 0
        && made("/proc", 0755) && mount("proc", in_root("/proc"), "proc", safe | MS_NODEV, NULL) == 0
        && made("/sys", 0755) && mount("sysfs", in_root("/sys"), "sysfs", safe | MS_NODEV | MS_RDONLY, NULL) == 0
        && made("/dev", 0755) && mount("tmpfs", in_root("/dev"), "tmpfs", safe, "mode=755,size=65536k") == 0;
    for (size_t index = 0; good && index < sizeof devices / sizeof *devices; index++)
        good = mknod(in_root(devices[index].name), S_IFCHR | 0666, makedev(devices[index].major, devices[index].minor)) == 0;
    for (size_t index = 0; good && index < sizeof links / sizeof *links; index++)
        good = symlink(links[index][0], in_root(links[index][1])) == 0;
    return good && made("/dev/shm", 01777)
        && mount("shm", in_root("/dev/shm"), "tmpfs", safe | MS_NODEV, "mode=1777,size=65536k") == 0;
}

static int enter_root(int pivot) {
    if (chdir(root) != 0) return 0;
    if (pivot) {
        if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0) return 0;
    } else if (chroot(".") != 0) {
        return 0;
    }
    return chdir("/") == 0;
}

// As tare does: with signals at their defaults, a session of its own, no descriptor but 0, 1 and 2.
static int child(void *given) {
    enum kind kind = *(const enum kind *)given;
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    setsid();
    for (int index = 0; index < hierarchy_count; index++)
        if (kind == NAMESPACES || (kind == CHROOT && unified))
            if (put(in_group(index, 0, "/cgroup.procs"), "0") != 0) _exit(127);
    if (kind == NAMESPACES && (sethostname("reference", 9) != 0 || !furnish())) _exit(127);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(channel, 0);
    dup2(null, 1);
    dup2(null, 2);
    syscall(SYS_close_range, 3U, ~0U, 0U);
    if (kind != BARE && !enter_root(kind == NAMESPACES)) _exit(127);
    char *arguments[] = {(char *)program, NULL}, *environment[] = {NULL};
    execve(program, arguments, environment);
    _exit(127);
}

static int spawn(enum kind kind) {
    static _Alignas(16) char stack[64 * 1024];
    int spaces = kind == NAMESPACES ? CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC : 0;
    // The memory is shared until exec, as in tare: copying page tables would be timed otherwise.
    int pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD | spaces, &kind);
    need(pid > 0, "clone");
    return pid;
}

static void make_directories(void) {
    need(mkdir(in_directory("upper"), 0755) == 0, "mkdir upper");
    need(mkdir(in_directory("work"), 0755) == 0, "mkdir work");
    need(mkdir(root, 0755) == 0, "mkdir root");
}

static void make_root(const char *lower) {
    make_directories();
    need(mount("overlay", root, "overlay", 0, overlay_data) == 0, lower);
}

// As tare does before t0: the instance's /dev, in which terminals and shared memory are mounts of their own.
static void stage_dev(void) {
    unsigned long safe = MS_NOSUID | MS_NOEXEC;
    need(mkdir(in_directory("dev"), 0755) == 0 && mount("tmpfs", path, "tmpfs", safe, "mode=755,size=65536k") == 0, path);
    need(mkdir(in_directory("dev/pts"), 0755) == 0 && mount("devpts", path, "devpts", safe, "newinstance") == 0, path);
    need(mkdir(in_directory("dev/shm"), 01777) == 0 && mount("shm", path, "tmpfs", safe | MS_NODEV, NULL) == 0, path);
}

static void bind_into_root(const char *source, const char *name, unsigned long flags) {
    snprintf(path, sizeof path, "%s%s", root, name);
    need(mkdir(path, 0755) == 0 || errno == EEXIST, path);
    need(mount(source, path, "none", MS_BIND | flags, NULL) == 0, path);
}

static void unmount_in_root(const char *name) {
    snprintf(path, sizeof path, "%s%s", root, name);
    // As tare does: the witness's helper may still be there for a moment.
    need(umount2(path, MNT_DETACH) == 0, path);
}

static void tidy(void) {
    char *arguments[] = {"rm", "-rf", NULL, NULL};
    snprintf(path, sizeof path, "%s", directory);
    arguments[2] = path;
    int pid = vfork();
    if (pid == 0) {
        execv("/bin/rm", arguments);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    need(mkdir(directory, 0755) == 0, directory);
}

static void name_places(const char *place, const char *lower) {
    snprintf(directory, sizeof directory, "%s", place);
    snprintf(root, sizeof root, "%s/root", place);
    snprintf(overlay_data, sizeof overlay_data, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, place, place);
    tidy();
}

static void time_spawns(int count, enum kind kind, const char *lower) {
    while (count-- > 0) {
        int ends[2];
        char byte = 0;
        need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
        channel = ends[1];
        static char dev[PATH_MAX];
        if (kind == CHROOT) {
            make_group(0, 1);
            stage_dev();
            snprintf(dev, sizeof dev, "%s/dev", directory);
        }
        usleep(rest);
        long long start = now();
        if (kind == CHROOT) {
            make_root(lower);
            bind_into_root(dev, "/dev", MS_REC);
            bind_into_root("/proc", "/proc", 0);
        }
        if (kind == NAMESPACES) {
            make_group(0, 0);
            make_directories();
        }
        int pid = spawn(kind);
        ssize_t got = recv(ends[0], &byte, 1, 0);
        long long end = now();
        need(got == 1 && byte == 'E', "the witness sent no first byte");
        printf("%lld\n", end - start);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        close(ends[0]);
        close(ends[1]);
        if (kind == CHROOT) {
            unmount_in_root("/proc");
            unmount_in_root("/dev");
            unmount_in_root("");
            need(umount2(dev, MNT_DETACH) == 0, dev);
        }
        if (kind != BARE) {
            remove_group(0, kind == CHROOT);
            tidy();
        }
    }
}

static void time_bundles(int count, const char *lower, const char *config) {
    static char text[1 << 16];
    int source = open(config, O_RDONLY);
    ssize_t length = read(source, text, sizeof text);
    need(length > 0, config);
    while (count-- > 0) {
        usleep(rest);
        long long start = now();
        make_root(lower);
        int target = open(in_directory("config.json"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        need(target >= 0 && write(target, text, (size_t)length) == length, "writing config.json");
        close(target);
        unmount_in_root("");
        printf("%lld\n", now() - start);
        tidy();
    }
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "end") == 0) {
        while (wait(NULL) > 0 || errno == EINTR) {}
        return 0;
    }
    if (strcmp(what, "late") == 0 && argc == 4) {
        sleep((unsigned)atoi(argv[2]));
        close(open(argv[3], O_WRONLY | O_CREAT, 0644));
        while (1) pause();
    }
    if (argc > 3) rest = (useconds_t)atoi(argv[3]) * 1000;
    if (strcmp(what, "bare") == 0 && argc == 5) {
        program = argv[4];
        time_spawns(atoi(argv[2]), BARE, NULL);
    } else if ((strcmp(what, "floor") == 0 || strcmp(what, "namespaces") == 0) && argc > 7) {
        program = "/.tare/witness";
        group = argv[6];
        hierarchies = argv + 7;
        hierarchy_count = argc - 7;
        name_places(argv[4], argv[5]);
        snprintf(path, sizeof path, "%s/cgroup.controllers", hierarchies[0]);
        unified = hierarchy_count == 1 && access(path, F_OK) == 0;
        make_group(-1, 0);
        // tare's launcher is in the run's group, and an instance's first process is born there.
        go_home();
        time_spawns(atoi(argv[2]), strcmp(what, "floor") == 0 ? CHROOT : NAMESPACES, argv[5]);
        leave_groups();
    } else if (strcmp(what, "bundle") == 0 && argc == 7) {
        name_places(argv[4], argv[5]);
        time_bundles(atoi(argv[2]), argv[5], argv[6]);
    } else {
        fprintf(stderr, "reference: unknown arguments; see the head of reference.c\n");
        return 64;
    }
    return 0;
}
