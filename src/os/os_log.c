// SPDX-License-Identifier: Apache-2.0
// The real back end: logs. See os.h. They often have names that anybody can guess, in folders where
// anybody can put files: so no link is followed, and only a file of this user's own is written.
#include "os/os_log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Ours alone, and nobody has it open as a log; emptied. The lock goes with the file's last user.
static int take(int fd) {
    struct stat st;
    if (fstat(fd, &st) != 0) return -errno;
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1) return -EPERM;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fchmod(fd, S_IRUSR | S_IWUSR) != 0) return -errno;
    return ftruncate(fd, 0) != 0 ? -errno : 0;
}

int real_log_open(Os *os UNUSED, const char *path, OsLog *out) {
    int fd;
    do {
        fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                  S_IRUSR | S_IWUSR);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) return -errno;
    int err = take(fd);
    if (err != 0)
        (void)close(fd);
    else
        out->file = fd;
    return err;
}

int64_t real_log_write(Os *os UNUSED, const OsLog *log, const void *bytes, size_t count) {
    for (;;) {
        ssize_t n = write(log->file, bytes, count);
        if (n >= 0) return n;
        if (errno != EINTR) return -errno;
    }
}

int real_log_show(Os *os UNUSED, OsLog *log) {
    void *p = mmap(NULL, OS_PAGE_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, log->file, 0);
    if (p == MAP_FAILED) return -errno;
    log->shown = p;
    return 0;
}

void real_log_close(Os *os UNUSED, OsLog *log) {
    if (log->shown != NULL) (void)munmap(log->shown, OS_PAGE_BYTES);
    if (log->file >= 0) (void)close(log->file);
}
