/* What do programs say of themselves? The socket of sd_notify(3), since Node can neither make one nor see who sends.
 *
 * guardian notify ADDRESS PARENT MARK
 *     ADDRESS is a path, or @NAME for a socket without a file. On stdout, a socket, it says `listening` or `STAGE ERRNO` (address, socket,
 *     bind), then one line for each message, for as long as PARENT lives:
 *         PID UID LOST CGROUP ANCESTORS TEXT
 *     LOST: messages that were not passed on since the line before. CGROUP: what follows MARK in the sender's cgroup, or `-`. ANCESTORS:
 *     the sender, its parent and so on, the last one a child of PARENT or of the guardian above it; `-` when it is gone. TEXT: its lines, with
 *     tabs between them; other control characters are `?`, and what is longer than LONGEST is cut off.
 *
 * The sender is looked at before anything else is done, and before descriptors that came along are closed: BARRIER=1 means that somebody
 * waits for that and then ends. Nobody can make it wait, and nobody can drown the others: each family of processes has so many messages
 * per second, and all who are none of ours are one family. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guardian.h"

/* A message, a chain of ancestors, and messages per second: of one family, those of them that only tell a text, and all. */
enum { LONGEST = 2048, DEEPEST = 32, OF_FAMILY = 60, OF_TEXTS = 40, OF_ALL = 2000 };
/* Descriptors in one message, the kernel's SCM_MAX_FD: what had no room would be closed by the kernel while we wait. Closers at one time. */
enum { MOST_FDS = 253, CLOSERS = 32 };

static int64_t now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* ---- who is it? ---- */

struct sender {
    pid_t pid;
    pid_t top; /* its eldest ancestor below us: one for all of a process's members; 0 for all who are none of ours */
    int64_t seen;
    char cgroup[512], ancestors[DEEPEST * 11 + 1];
};

static pid_t supervisor, guardian;
static const char *mark;

static void read_cgroup(struct sender *sender) {
    static char bytes[8192];
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/cgroup", sender->pid);
    const char *at = read_file(path, bytes, sizeof bytes) > 0 ? strstr(bytes, mark) : NULL;
    size_t length = at == NULL ? 0 : strcspn(at += strlen(mark), "\n ");
    if (length == 0 || length >= sizeof sender->cgroup) at = "-", length = 1;
    snprintf(sender->cgroup, sizeof sender->cgroup, "%.*s", (int)length, at);
}

static void read_ancestors(struct sender *sender) {
    size_t length = 0;
    struct row row;
    pid_t pid = sender->pid;
    strcpy(sender->ancestors, "-");
    sender->top = pid;
    for (; pid > 1 && pid != supervisor && pid != guardian && read_row(pid, &row); pid = row.parent) {
        if (length + 12 > sizeof sender->ancestors) break;
        length += (size_t)sprintf(sender->ancestors + length, "%s%d", length == 0 ? "" : ",", pid);
        sender->top = pid;
    }
    bool ours = pid == supervisor || pid == guardian || *sender->cgroup != '-';
    if (!ours) sender->top = 0;
}

/* A flood comes from few: who has just been looked at is not looked at again. */
static const struct sender *look_at(pid_t pid) {
    static struct sender known;
    int64_t time = now_ms();
    if (known.pid == pid && time - known.seen < 100) return &known;
    known.pid = pid, known.seen = time;
    read_cgroup(&known);
    read_ancestors(&known);
    return &known;
}

/* ---- how much may it say? ---- */

struct window {
    pid_t top;
    int64_t begun;
    int count;
};

static struct window *window_of(pid_t top, int64_t time) {
    static struct window windows[64];
    struct window *oldest = windows;
    for (struct window *one = windows; one < windows + 64; one++) {
        if (one->top == top) return one;
        if (one->begun < oldest->begun) oldest = one;
    }
    *oldest = (struct window){.top = top, .begun = time};
    return oldest;
}

static bool has_room(struct window *window, int64_t time, int most) {
    if (time - window->begun >= 1000) window->begun = time, window->count = 0;
    if (window->count >= most) return false;
    window->count++;
    return true;
}

/* What decides something has room of its own, which no number of texts can take. */
static bool is_vital(const char *text) {
    static const char *const WORDS[] = {"READY=1", "WATCHDOG=", "STOPPING=1", "RELOADING=1", "EXTEND_TIMEOUT_USEC="};
    for (size_t word = 0; word < sizeof WORDS / sizeof *WORDS; word++)
        if (strstr(text, WORDS[word]) != NULL) return true;
    return false;
}

static bool may_speak(const struct sender *sender, const char *text) {
    static struct window all;
    int64_t time = now_ms();
    bool vital = is_vital(text);
    struct window *own = window_of(sender->top, time);
    return has_room(own, time, vital ? OF_FAMILY : OF_TEXTS) && has_room(&all, time, vital ? OF_ALL : OF_ALL / 2);
}

/* ---- the socket ---- */

static void make_plain(char *text) {
    for (unsigned char *at = (unsigned char *)text; *at != '\0'; at++) {
        if (*at == '\n') *at = '\t';
        else if (*at == '\t') *at = ' ';
        else if (*at < ' ' || *at == 0x7f) *at = '?';
    }
}

/* Never waits: what the supervisor cannot take now is lost, and counted. */
static void pass_on(const struct sender *sender, uid_t uid, const char *text) {
    static char line[LONGEST + sizeof sender->cgroup + sizeof sender->ancestors + 64];
    static unsigned lost;
    if (!may_speak(sender, text)) {
        lost++;
        return;
    }
    int length = snprintf(line, sizeof line, "%d %u %u %s %s %s\n", sender->pid, uid, lost, sender->cgroup, sender->ancestors, text);
    lost = send(STDOUT_FILENO, line, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? lost + 1 : 0;
}

static void wake(int signal) { (void)signal; }

/* Closing may last as long as the sender likes: a socket can linger, a file can be of a file system of his. So a process that shares our
 * descriptors does it, a second for each. A pipe, which BARRIER=1 brings, has nothing to wait for. */
static void close_all(int *fds, size_t count) {
    static int closers;
    size_t slow = 0;
    for (size_t each = 0; each < count; each++) {
        if (fcntl(fds[each], F_GETPIPE_SZ) < 0) fds[slow++] = fds[each];
        else close(fds[each]);
    }
    while (closers > 0 && waitpid(-1, NULL, WNOHANG) > 0) closers--;
    if (slow == 0 || closers == CLOSERS) return;
    long closer = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (closer > 0) closers++;
    if (closer != 0) return;
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = wake}, NULL);
    for (size_t each = 0; each < slow; each++) {
        alarm(1);
        close(fds[each]);
    }
    _exit(0);
}

static void take_message(int post) {
    static char text[LONGEST + 1];
    static union {
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(MOST_FDS * sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec piece = {text, LONGEST};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(post, &message, MSG_CMSG_CLOEXEC);
    if (length < 0) return;
    struct ucred who = {0};
    int fds[sizeof control / sizeof(int)];
    size_t count = 0;
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&message); one != NULL; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_type == SCM_CREDENTIALS) memcpy(&who, CMSG_DATA(one), sizeof who);
        if (one->cmsg_type != SCM_RIGHTS) continue;
        count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(one), count * sizeof(int));
    }
    text[length] = '\0';
    make_plain(text);
    if (who.pid > 0) pass_on(look_at(who.pid), who.uid, text);
    close_all(fds, count);
}

static int open_post(const char *address) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t length = strlen(address);
    int on = 1, post = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (post < 0) return dprintf(STDOUT_FILENO, "socket %d\n", errno), -1;
    if (length == 0 || length >= sizeof at.sun_path) return dprintf(STDOUT_FILENO, "address %d\n", ENAMETOOLONG), -1;
    memcpy(at.sun_path, address, length);
    if (*address == '@') at.sun_path[0] = '\0';
    else unlink(address);
    umask(0); /* Whoever may enter its folder may speak; who it is, is looked at. */
    setsockopt(post, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    if (bind(post, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) == 0) return post;
    return dprintf(STDOUT_FILENO, "bind %d\n", errno), -1;
}

int run_notify(char **argv) {
    if (argv[0] == NULL || argv[1] == NULL || argv[2] == NULL) return refuse("hear", "notices", EINVAL);
    const char *parent = argv[1];
    mark = argv[2];
    supervisor = (pid_t)take(&parent, 10);
    struct row row;
    if (read_row(supervisor, &row)) guardian = row.parent;
    setsid(); /* A terminal's signals are for the supervisor. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (malformed || getppid() != supervisor) return CANNOT;
    int post = open_post(argv[0]);
    if (post < 0) return CANNOT;
    dprintf(STDOUT_FILENO, "listening\n");
    for (;;) take_message(post);
}
