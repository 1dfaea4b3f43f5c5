/* Which pipes and sockets do programs need that Node cannot make, and what can it not read? Five short modes of the guardian's binary.
 *
 * guardian fifo MODE PATH...
 *     Makes the named pipes that are not there yet. One line `PATH ERRNO` on stderr for each that cannot be.
 *
 * guardian widen BYTES PATH
 *     Makes the named pipe hold so many bytes, for as long as somebody has it open. Exit status 1: the kernel refused.
 *
 * guardian peer
 *     Says who connected the unix socket on fd 3: `PID UID GID` on stdout.
 *
 * guardian xattr PATH NAME...
 *     The extended attributes of a file or folder that are there: a line `NAME VALUE` for each, on stdout.
 *
 * guardian share HATCH PARENT BACKLOG MODE UID GID FAMILY ADDRESS PORT
 *     Binds and listens once for programs that share a socket, and keeps it for as long as PARENT lives. FAMILY is 4 or 6 with a
 *     number for ADDRESS, or u with a path; MODE, UID and GID (-1: as it is) are for the path. Gives the socket to whoever connects
 *     to the unix socket HATCH. On fd 3 it says `listening`, or `STAGE ERRNO` for address, socket, bind, own, listen or hatch. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "guardian.h"

/* ---- named pipes ---- */

int run_fifo(char **argv) {
    const char *word = argv[0] == NULL ? "" : argv[0];
    mode_t mode = (mode_t)take(&word, 8);
    if (malformed) return refuse("read", "the mode", EINVAL);
    int result = 0;
    umask(0);
    for (char **path = argv + 1; *path != NULL; path++) {
        struct stat found;
        if (mkfifo(*path, mode) == 0 || (errno == EEXIST && stat(*path, &found) == 0 && S_ISFIFO(found.st_mode))) continue;
        result = 1;
        dprintf(STDERR_FILENO, "%s %d\n", *path, errno);
    }
    return result;
}

int run_widen(char **argv) {
    if (argv[0] == NULL || argv[1] == NULL) return refuse("widen", "a pipe", EINVAL);
    const char *bytes = argv[0];
    int fd = open(argv[1], O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 && fcntl(fd, F_SETPIPE_SZ, (int)take(&bytes, 10)) >= 0 ? 0 : 1;
}

/* ---- who is at the other end of a socket ---- */

int run_peer(void) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(LINK, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return refuse("see", "the peer", errno);
    dprintf(STDOUT_FILENO, "%d %u %u\n", peer.pid, peer.uid, peer.gid);
    return 0;
}

/* ---- what others have marked a cgroup with ---- */

int run_xattr(char **argv) {
    if (argv[0] == NULL) return refuse("read", "an attribute", EINVAL);
    for (char **name = argv + 1; *name != NULL; name++) {
        char value[64];
        ssize_t size = getxattr(argv[0], *name, value, sizeof value);
        if (size >= 0) dprintf(STDOUT_FILENO, "%s %.*s\n", *name, (int)size, value);
    }
    return 0;
}

/* ---- share: a listening socket for several programs ---- */

/* One byte and one descriptor. */
struct letter {
    struct msghdr message;
    struct iovec piece;
    char byte;
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
};

static void address_letter(struct letter *letter) {
    memset(letter, 0, sizeof *letter);
    letter->piece = (struct iovec){&letter->byte, 1};
    letter->message.msg_iov = &letter->piece;
    letter->message.msg_iovlen = 1;
    letter->message.msg_control = letter->control.bytes;
    letter->message.msg_controllen = sizeof letter->control.bytes;
}

/* The socket that is kept at a path, or -1. */
static int fetch(const char *path) {
    int hatch = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), shared;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 5};
    strncpy(at.sun_path, path, sizeof at.sun_path - 1);
    if (hatch < 0 || connect(hatch, (struct sockaddr *)&at, sizeof at) != 0) return -1;
    setsockopt(hatch, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct letter letter;
    address_letter(&letter);
    ssize_t got = recvmsg(hatch, &letter.message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&letter.message) : NULL;
    if (got < 0) return -1;
    if (header == NULL || header->cmsg_type != SCM_RIGHTS) return errno = EPROTO, -1;
    memcpy(&shared, CMSG_DATA(header), sizeof shared);
    close(hatch);
    return shared;
}

int receive_shared(const char *word) {
    int wanted = (int)take(&word, 10);
    if (malformed || wanted < 0 || wanted > STDERR_FILENO) return errno = EINVAL, -1;
    int shared = fetch(word);
    return shared < 0 || dup2(shared, wanted) < 0 ? -1 : close(shared);
}

/* ---- LISTEN_FDS: sockets from descriptor 3 on ---- */

enum { FIRST = 3, MOST = 32 };
static int received;

int make_way(int status) {
    int moved = fcntl(status, F_DUPFD_CLOEXEC, FIRST + MOST);
    if (moved >= 0) close(status);
    return moved;
}

int receive_listening(const char *path) {
    int wanted = FIRST + received++, shared = wanted < FIRST + MOST ? fetch(path) : -1;
    if (shared < 0) return -1;
    if (shared == wanted) return fcntl(shared, F_SETFD, 0);
    return dup2(shared, wanted) < 0 ? -1 : close(shared);
}

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr_un path;
};

static int say_share(const char *stage) {
    dprintf(LINK, "%s %d\n", stage, errno);
    return CANNOT;
}

static socklen_t read_path(const char *path, union address *where) {
    where->path.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof where->path.sun_path) return 0;
    strcpy(where->path.sun_path, path);
    return sizeof where->path;
}

/* Family, address and port in words; the size of the address, or 0. */
static socklen_t read_address(char **words, union address *where) {
    const char *port = words[2];
    in_port_t number = htons((in_port_t)take(&port, 10));
    if (words[0][0] == 'u') return read_path(words[1], where);
    if (words[0][0] == '4') {
        where->four.sin_family = AF_INET, where->four.sin_port = number;
        return inet_pton(AF_INET, words[1], &where->four.sin_addr) == 1 ? sizeof where->four : 0;
    }
    where->six.sin6_family = AF_INET6, where->six.sin6_port = number;
    return inet_pton(AF_INET6, words[1], &where->six.sin6_addr) == 1 ? sizeof where->six : 0;
}

/* The file must be the socket itself: where others may write to its folder, its name can be another file's by now. */
static int own(const char *path, uid_t owner, gid_t group) {
    struct stat found;
    int file = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 || fstat(file, &found) != 0) return -1;
    if (!S_ISSOCK(found.st_mode)) return close(file), errno = ENOTSOCK, -1;
    int owned = fchownat(file, "", owner, group, AT_EMPTY_PATH);
    return close(file), owned;
}

/* The socket, or -1 after the word on what could not be done. Nobody can connect before the owner is right. */
static int listen_at(char **words) {
    const char *backlog = words[0], *mode = words[1], *uid = words[2], *gid = words[3], *path = words[5];
    uid_t owner = (uid_t)take(&uid, 10);
    gid_t group = (gid_t)take(&gid, 10);
    mode_t rights = (mode_t)take(&mode, 8);
    int length = (int)take(&backlog, 10), on = 1;
    union address where = {0};
    socklen_t size = read_address(words + 4, &where);
    if (malformed || size == 0) return errno = EINVAL, say_share("address"), -1;
    bool named = where.any.sa_family == AF_UNIX;
    int shared = socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (shared < 0) return say_share("socket"), -1;
    if (!named) setsockopt(shared, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (named && fchmod(shared, rights) != 0) return say_share("own"), -1;
    if (bind(shared, &where.any, size) != 0) return say_share("bind"), -1;
    if (named && own(path, owner, group) != 0) return say_share("own"), -1;
    return listen(shared, length) == 0 ? shared : (say_share("listen"), -1);
}

static int open_hatch(const char *path) {
    int hatch = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    union address at = {0};
    socklen_t size = read_path(path, &at);
    if (hatch < 0 || size == 0) return errno = size == 0 ? ENAMETOOLONG : errno, -1;
    unlink(path);
    return bind(hatch, &at.any, size) == 0 && listen(hatch, 128) == 0 ? hatch : -1;
}

static void hand_over(int to, int shared) {
    struct letter letter;
    address_letter(&letter);
    struct cmsghdr *header = CMSG_FIRSTHDR(&letter.message);
    header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof shared);
    memcpy(CMSG_DATA(header), &shared, sizeof shared);
    sendmsg(to, &letter.message, MSG_NOSIGNAL);
    close(to);
}

int run_share(char **argv) {
    for (int count = 0; count < 9; count++)
        if (argv[count] == NULL) return refuse("share", "a socket", EINVAL);
    const char *parent = argv[1];
    setsid(); /* A terminal's signals are for the supervisor. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != (pid_t)take(&parent, 10)) return CANNOT;
    umask(0);
    int shared = listen_at(argv + 2);
    if (shared < 0) return CANNOT;
    umask(0177);
    int hatch = open_hatch(argv[0]);
    if (hatch < 0) return say_share("hatch");
    dprintf(LINK, "listening\n");
    close(LINK);
    for (;;) {
        int guest = accept4(hatch, NULL, NULL, SOCK_CLOEXEC);
        if (guest >= 0) hand_over(guest, shared);
        else if (errno != EINTR && errno != ECONNABORTED) poll(NULL, 0, 100); /* no descriptor is free: the guest waits */
    }
}
