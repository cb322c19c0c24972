#define _GNU_SOURCE
#include "netlink_shims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int tare_open_tap(const char *name, int64_t owner, int persistent) {
    struct ifreq interface;
    memset(&interface, 0, sizeof interface);
    if (strlen(name) >= sizeof interface.ifr_name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(interface.ifr_name, name);
    interface.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    int descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return -1;
    int outcome = ioctl(descriptor, TUNSETIFF, &interface);
    if (outcome == 0 && owner >= 0) outcome = ioctl(descriptor, TUNSETOWNER, (unsigned long)owner);
    if (outcome == 0 && persistent) outcome = ioctl(descriptor, TUNSETPERSIST, 1UL);
    if (outcome == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}
