// A workload whose memory and whose end are known. usage: probe KIND AMOUNT
//
//   small AMOUNT   touches AMOUNT MiB of anonymous memory
//   mixed AMOUNT   touches AMOUNT + 64 MiB of it, writes a file of 80 MiB, and one of 48 MiB on a tmpfs
//   spike AMOUNT   touches AMOUNT MiB and gives them back before it is ready
//   eats AMOUNT    after AMOUNT s touches more and more
//   greedy AMOUNT  does so before it is ready
//   ends AMOUNT    exits after AMOUNT s, in the instance whose name ends with 3
//   all AMOUNT     exits after AMOUNT s
//
// Ready when the file /ready is there.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void touch(size_t mebibytes) {
    char *memory = mmap(NULL, mebibytes << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(3);
    memset(memory, 0x5a, mebibytes << 20);
}

static void touchAndFree(size_t mebibytes) {
    if (mebibytes == 0) return;
    char *memory = mmap(NULL, mebibytes << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(3);
    memset(memory, 0x5a, mebibytes << 20);
    if (munmap(memory, mebibytes << 20) != 0) exit(7);
}

static void fill(const char *path, int mebibytes) {
    static char block[1 << 16];
    memset(block, 0x5a, sizeof block);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0) exit(4);
    for (int written = 0; written < mebibytes << 4; written++)
        if (write(file, block, sizeof block) != sizeof block) exit(5);
    if (fsync(file) != 0) exit(6);
    close(file);
}

static void eat(void) {
    for (;;) {
        touch(1);
        usleep(10000);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    const char *kind = arguments[1];
    int amount = atoi(arguments[2]);
    char name[128] = "";
    gethostname(name, sizeof name - 1);
    if (strcmp(kind, "small") == 0) touch(amount);
    if (strcmp(kind, "spike") == 0) touchAndFree(amount);
    if (strcmp(kind, "mixed") == 0) {
        touch(amount + 64);
        fill("/data", 80);
        fill("/dev/shm/data", 48);
    }
    if (strcmp(kind, "greedy") == 0) eat();
    close(open("/ready", O_WRONLY | O_CREAT, 0600));
    if (strcmp(kind, "eats") == 0) {
        sleep(amount);
        eat();
    }
    if (strcmp(kind, "all") == 0 || (strcmp(kind, "ends") == 0 && name[strlen(name) - 1] == '3')) {
        sleep(amount);
        return 7;
    }
    for (;;) pause();
}
