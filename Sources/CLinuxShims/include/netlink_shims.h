// What Swift cannot import of the means by which a network is built in the kernel: each shim says why it exists.
#ifndef CLINUXSHIMS_NETLINK_SHIMS_H
#define CLINUXSHIMS_NETLINK_SHIMS_H

// The structures and numbers of rtnetlink(7), which Swift's Glibc module lacks. Not <linux/if.h>: it defines again what
// <net/if.h> does, which that module has.
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdint.h>

// ioctl(2) is variadic, and its requests are macros with casts. Makes a tap in the network namespace of the calling
// thread, or opens the persistent one of that name, each frame behind a virtio_net_hdr. Only the user `owner` and root
// may open it again; everybody where that is negative. A descriptor, with which a tap that is not persistent ends; -1
// with errno.
int tare_open_tap(const char *name, int64_t owner, int persistent);

#endif
