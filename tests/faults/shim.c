/* Fails one call on the file system: the N-th write, fsync or rename below a folder.
 *
 * Preloaded before libc. fault_arm(folder, n, error, torn) arms it; n = 0 only counts. Once it has fired it stays
 * silent, or with `until` set every later call fails too, as on a disk that stays full. A torn write puts
 * down half of its bytes first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long target = -1, seen = 0;
static int error_number = EIO, torn = 0, persistent = 0, fired = 0;
static char what[PATH_MAX + 64];

void fault_arm(const char *below, long n, int error, int tear, int stays) {
    snprintf(folder, sizeof folder, "%s", below);
    target = n;
    seen = 0;
    error_number = error;
    torn = tear;
    persistent = stays;
    fired = 0;
    what[0] = 0;
}

void fault_disarm(void) { target = -1; }
long fault_seen(void) { return seen; }
int fault_fired(void) { return fired; }
const char *fault_what(void) { return what; }

static int inside(const char *path) {
    return folder[0] && strncmp(path, folder, strlen(folder)) == 0;
}

static int fails(const char *call, const char *path) {
    if (target < 0 || !inside(path)) return 0;
    long mine = __sync_add_and_fetch(&seen, 1);
    if (mine == target || (persistent && fired && mine > target)) {
        if (!fired) snprintf(what, sizeof what, "%s %s", call, path + strlen(folder));
        fired = 1;
        return 1;
    }
    return 0;
}

static int fails_on(const char *call, int fd) {
    if (target < 0) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(call, path);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(write);
    if (!fails_on("write", fd)) return real(fd, bytes, count);
    if (torn && count > 1) real(fd, bytes, count / 2);
    errno = error_number;
    return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    REAL(pwrite);
    if (!fails_on("write", fd)) return real(fd, bytes, count, at);
    if (torn && count > 1) real(fd, bytes, count / 2, at);
    errno = error_number;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    REAL(pwrite64);
    if (!fails_on("write", fd)) return real(fd, bytes, count, at);
    if (torn && count > 1) real(fd, bytes, count / 2, at);
    errno = error_number;
    return -1;
}

int fsync(int fd) {
    REAL(fsync);
    if (!fails_on("fsync", fd)) return real(fd);
    errno = error_number;
    return -1;
}

int fdatasync(int fd) {
    REAL(fdatasync);
    if (!fails_on("fsync", fd)) return real(fd);
    errno = error_number;
    return -1;
}

int ftruncate(int fd, off_t length) {
    REAL(ftruncate);
    if (!fails_on("ftruncate", fd)) return real(fd, length);
    errno = error_number;
    return -1;
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    if (!fails_on("ftruncate", fd)) return real(fd, length);
    errno = error_number;
    return -1;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (!fails("rename", to)) return real(from, to);
    errno = error_number;
    return -1;
}

int renameat(int a, const char *from, int b, const char *to) {
    REAL(renameat);
    if (!fails("rename", to)) return real(a, from, b, to);
    errno = error_number;
    return -1;
}
