/* How are the kernel's small files read and written, and words turned into numbers? */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guardian.h"

#define SCORE "/proc/self/oom_score_adj"

int refuse(const char *act, const char *object, int reason) {
    dprintf(STDERR_FILENO, "guardian: cannot %s %s: errno %d\n", act, object, reason);
    return CANNOT;
}

bool malformed;

long long take(const char **at, int base) {
    char *end;
    errno = 0;
    long long number = strtoll(*at, &end, base);
    if (end == *at || errno != 0 || strchr(":,", *end) == NULL) malformed = true;
    *at = *end == '\0' ? end : end + 1;
    return number;
}

ssize_t read_to_end(int fd, char *bytes, size_t size) {
    size_t length = 0;
    ssize_t got = 0;
    while (length < size - 1 && (got = read(fd, bytes + length, size - 1 - length)) > 0) length += (size_t)got;
    bytes[length] = '\0';
    return got < 0 ? -1 : (ssize_t)length;
}

ssize_t read_file(const char *path, char *bytes, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t length = read_to_end(fd, bytes, size);
    close(fd);
    return length;
}

int write_file(const char *path, const char *word) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t written = write(fd, word, strlen(word));
    close(fd); /* leaves errno as it is */
    return written < 0 ? -1 : 0;
}

/* Fields 3, 4 and 22 of /proc/PID/stat, counted from the last ')': the name before it may hold any byte. */
bool read_row(pid_t pid, struct row *row) {
    static char bytes[1024];
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (read_file(path, bytes, sizeof bytes) <= 0) return false;
    const char *at = strrchr(bytes, ')');
    if (at == NULL || at[1] != ' ') return false;
    row->state = at[2];
    row->parent = atoi(at + 4);
    for (int field = 2; field < 22 && at != NULL; field++) at = strchr(at + 1, ' ');
    row->tick = at == NULL ? 0 : strtoll(at, NULL, 10);
    return at != NULL;
}

int listing = -1;

void each_number(const char *directory, void (*visit)(int number)) {
    static char bytes[8192];
    int fd = listing = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long got;
    while (fd >= 0 && (got = syscall(SYS_getdents64, fd, bytes, sizeof bytes)) > 0)
        for (long at = 0; at < got;) {
            /* struct linux_dirent64: inode 8, offset 8, length 2, type 1, name */
            unsigned short length;
            memcpy(&length, bytes + at + 16, sizeof length);
            const char *name = bytes + at + 19;
            if (*name >= '0' && *name <= '9') visit(atoi(name));
            at += length;
        }
    if (fd >= 0) close(fd);
}

int read_score(void) {
    char bytes[16];
    return read_file(SCORE, bytes, sizeof bytes) <= 0 ? 0 : atoi(bytes);
}

int write_score(int score) {
    char word[16];
    snprintf(word, sizeof word, "%d", score);
    return write_file(SCORE, word);
}

/* Sets the score, or the nearest one above it that the kernel allows; 0 or the errno of the refusal. */
int lower_score(int wanted) {
    if (write_score(wanted) == 0) return 0;
    int reason = errno, refused = wanted, allowed = read_score();
    while (reason == EACCES && allowed - refused > 1) {
        int middle = refused + (allowed - refused) / 2;
        *(write_score(middle) == 0 ? &allowed : &refused) = middle;
    }
    return reason;
}
