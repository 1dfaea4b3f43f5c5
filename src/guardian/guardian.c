/* How does nothing outlive the supervisor, and how does a program start exactly as it was asked to?
 *
 * guardian guard [-l LOCK] [-R FD] -- FILE ARG...
 *     Parent and subreaper of the supervisor FILE. Starts it again whenever it ends badly, but only after everything
 *     below is dead. LOCK (107 characters) is an abstract socket name, bound for life: the single instance. FD is given to
 *     the first supervisor only. The supervisor finds TSVISOR_GUARDIAN=1 in its environment and a socket on fd 3:
 *         guardian -> supervisor    guardian PID SCORE LIFE
 *                                   past exit|signal N killed N took USEC oom BEFORE AFTER stuck -|PID:TICK,...  (LIFE > 1)
 *                                   end
 *         supervisor -> guardian    ready
 *     How the supervisor ends decides: status 0: sweep, end. 75: sweep, start anew at once. Any failing status of the first
 *     one before `ready`, or any end after TERM, INT or QUIT: sweep, end with it. Everything else: sweep, wait, start anew.
 *     Exit status: the supervisor's; 3: LOCK is held by another; 4: members are left that cannot be killed; 125: cannot run.
 *
 * guardian exec OPTION... -- FILE ARGV0 ARG...
 *     The steps between fork and exec, in the order of STEPS below, then FILE. On fd 3 (closed by exec) it writes
 *         note oom_score_adj ERRNO EFFECTIVE     a preferred score was refused
 *         score EFFECTIVE                        always
 *         STAGE ERRNO                            this step failed; exit status 125
 *     End of file with `score` as the last line means that FILE runs.
 *
 * guardian reap OPTION... -- FILE ARGV0 ARG...
 *     The same, but stays as the program's parent and subreaper, with a socket on fd 3:
 *         reaper -> supervisor      pid PID TICK, the lines of exec, running, exited CODE | killed SIGNAL, empty
 *         supervisor -> reaper      kill        (end of file means the same, for ever)
 *
 * guardian fifo MODE PATH...
 *     Makes the named pipes that are not there yet. One line `PATH ERRNO` on stderr for each that cannot be.
 *
 * No heap, no stdio; one blocking system call while idle. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { LINK = 3, HELD = 3, LEFT_OVER = 4, RESTART = 75, CANNOT = 125, NOT_FOUND = 127 };

static const int64_t MS = 1000000, SECOND = 1000000000;

extern char **environ;

/* ---- text and numbers ---- */

struct text {
    size_t length;
    char bytes[4096];
};

static void put(struct text *text, const char *word)
{
    while (*word != '\0' && text->length < sizeof text->bytes)
        text->bytes[text->length++] = *word++;
}

static void put_number(struct text *text, long long number)
{
    char digits[24], *end = digits + sizeof digits - 1, *at = end;
    unsigned long long rest = number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
    *at = '\0';
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0) *--at = '-';
    put(text, at);
}

/* `format` knows %s and %d (long long). */
static void put_line(struct text *text, const char *format, const char *word, long long number)
{
    for (; *format != '\0'; format++) {
        char one[2] = {*format, '\0'};
        if (*format != '%')
            put(text, one);
        else if (*++format == 's')
            put(text, word);
        else
            put_number(text, number);
    }
}

static void say(int fd, const struct text *text)
{
    ssize_t sent = send(fd, text->bytes, text->length, MSG_NOSIGNAL);
    if (sent < 0 && errno == ENOTSOCK) sent = write(fd, text->bytes, text->length);
    (void)sent; /* nobody is there to be told */
}

static void say_line(int fd, const char *format, const char *word, long long number)
{
    struct text text = {0};
    put_line(&text, format, word, number);
    say(fd, &text);
}

static int refuse(const char *act, const char *object)
{
    int reason = errno;
    struct text text = {0};
    put(&text, "guardian: cannot ");
    put(&text, act);
    put_line(&text, " %s: errno %d\n", object, reason);
    say(STDERR_FILENO, &text);
    return CANNOT;
}

/* Reads a number and moves on past it and past one `stop` character; false when there is none. */
static bool take_number(const char **at, int base, char stop, unsigned long long *number)
{
    char *end;
    errno = 0;
    *number = strtoull(*at, &end, base);
    if (end == *at || errno != 0 || (*end != stop && *end != '\0')) return errno = EINVAL, false;
    *at = *end == stop && stop != '\0' ? end + 1 : end;
    return true;
}

static bool whole_number(const char *word, int base, long long low, long long high, long long *number)
{
    char *end;
    errno = 0;
    *number = strtoll(word, &end, base);
    if (end != word && *end == '\0' && errno == 0 && *number >= low && *number <= high) return true;
    errno = EINVAL;
    return false;
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* ---- kernel files ---- */

static ssize_t read_file(const char *path, char *bytes, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    size_t length = 0;
    ssize_t got;
    while (length < size - 1 && (got = read(fd, bytes + length, size - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    bytes[length] = '\0';
    return (ssize_t)length;
}

static int write_file(const char *path, const char *word)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t written = write(fd, word, strlen(word));
    int reason = errno;
    close(fd);
    errno = reason;
    return written < 0 ? -1 : 0;
}

struct row {
    char state;
    pid_t parent;
    unsigned long long tick;
};

/* Fields 3, 4 and 22 of /proc/PID/stat; the name before them may hold any byte, so they count from the last ')'. */
static bool read_row(pid_t pid, struct row *row)
{
    static char bytes[1024];
    struct text path = {0};
    put_line(&path, "/proc/%d/stat", "", pid);
    path.bytes[path.length] = '\0';
    if (read_file(path.bytes, bytes, sizeof bytes) <= 0) return false;
    const char *at = strrchr(bytes, ')');
    if (at == NULL || at[1] != ' ') return false;
    row->state = at[2];
    row->parent = (pid_t)strtol(at + 4, NULL, 10);
    for (int field = 2; field < 22 && at != NULL; field++)
        at = strchr(at + 1, ' ');
    row->tick = at == NULL ? 0 : strtoull(at, NULL, 10);
    return at != NULL;
}

/* Calls back for every entry of a kernel directory whose name is a number. */
static void each_number(const char *directory, void (*visit)(int number))
{
    static char bytes[8192];
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    long got;
    while ((got = syscall(SYS_getdents64, fd, bytes, sizeof bytes)) > 0)
        for (long at = 0; at < got;) {
            /* struct linux_dirent64: inode 8, offset 8, length 2, type 1, name */
            unsigned short length;
            long long number;
            memcpy(&length, bytes + at + 16, sizeof length);
            if (whole_number(bytes + at + 19, 10, 0, INT_MAX, &number) && number != fd) visit((int)number);
            at += length;
        }
    close(fd);
}

static long long count_oom_kills(void)
{
    static char bytes[16384];
    if (read_file("/proc/vmstat", bytes, sizeof bytes) <= 0) return -1;
    const char *at = strstr(bytes, "\noom_kill ");
    return at == NULL ? -1 : strtoll(at + 10, NULL, 10);
}

static const char SCORE[] = "/proc/self/oom_score_adj";

static int read_score(void)
{
    char bytes[16];
    return read_file(SCORE, bytes, sizeof bytes) <= 0 ? 0 : atoi(bytes);
}

static int write_score(int score)
{
    struct text text = {0};
    put_number(&text, score);
    text.bytes[text.length] = '\0';
    return write_file(SCORE, text.bytes);
}

/* Sets the score, or the nearest one above it that the kernel allows; 0 or the errno of the refusal. */
static int lower_score(int wanted)
{
    if (write_score(wanted) == 0) return 0;
    int reason = errno, refused = wanted, allowed = read_score();
    while (reason == EACCES && allowed - refused > 1) {
        int middle = refused + (allowed - refused) / 2;
        if (write_score(middle) == 0)
            allowed = middle;
        else
            refused = middle;
    }
    return reason;
}

/* ---- the sweep: killing every descendant, again and again until there is none ---- */

static pid_t watched;         /* the supervisor, or a reaper's leader */
static bool watched_ended;
static int watched_status;
static int killed;            /* children that ended by SIGKILL since this was last set to 0 */

/* Reaps what has ended; how many, or -1 when no child is left, which proves that no descendant is. */
static int reap_ended(void)
{
    for (int count = 0;; count++) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
        if (pid == 0) return count;
        if (pid < 0) return errno == ECHILD ? -1 : count;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) killed++;
        if (pid != watched) continue;
        watched_ended = true;
        watched_status = status;
    }
}

/* Only its parent can reap a child, so a pid that waitid knows cannot have been reused. */
static bool is_child(pid_t pid)
{
    siginfo_t info;
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

/* A process group dies at once, before any member can fork; but only a group that strangers cannot be in. */
static void kill_child(pid_t pid)
{
    pid_t group = getpgid(pid), session = getsid(0);
    bool ours = group == pid || getsid(pid) != session || session == getpid();
    if (group > 1 && group != getpgrp() && ours) kill(-group, SIGKILL);
    kill(pid, SIGKILL);
}

/* How many direct children there were; -1 where the kernel has no list of them. */
static int kill_children(void)
{
    static char bytes[8192];
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC), count = 0;
    if (fd < 0) return -1;
    size_t kept = 0;
    ssize_t got;
    while ((got = read(fd, bytes + kept, sizeof bytes - 1 - kept)) > 0) {
        bytes[kept + (size_t)got] = '\0';
        char *at = bytes, *space;
        for (; (space = strchr(at, ' ')) != NULL; at = space + 1, count++) {
            pid_t pid = atoi(at);
            if (pid > 1 && is_child(pid)) kill_child(pid);
        }
        kept = strlen(at);
        memmove(bytes, at, kept);
    }
    close(fd);
    return count;
}

static bool is_descendant(pid_t pid)
{
    struct row row;
    for (int depth = 0; depth < 1024 && pid > 1 && read_row(pid, &row); depth++) {
        if (row.parent == getpid()) return true;
        pid = row.parent;
    }
    return false;
}

/* The pidfd is opened before the look at the ancestry, so what is killed is what was looked at. */
static void kill_if_descendant(int pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0 && errno != ENOSYS) return;
    if (pid != getpid() && is_descendant(pid)) {
        if (fd < 0)
            kill(pid, SIGKILL);
        else
            syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
    }
    if (fd >= 0) close(fd);
}

/* Waits for a signal of `set` until `deadline`; 0 when there was none. */
static int next_signal(const sigset_t *set, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - now();
        if (left < 0) left = 0;
        struct timespec time = {.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
        int signal = sigtimedwait(set, NULL, &time);
        if (signal > 0) return signal;
        if (errno != EINTR) return 0;
    }
}

/* Reaps until `expected` have ended or `deadline`; -1 when no child is left. */
static int await_deaths(int expected, int64_t deadline)
{
    sigset_t deaths;
    sigemptyset(&deaths);
    sigaddset(&deaths, SIGCHLD);
    for (int total = 0;;) {
        int count = reap_ended();
        if (count < 0) return -1;
        total += count;
        if ((total > 0 && total >= expected) || next_signal(&deaths, deadline) == 0) return total;
    }
}

/* Kills all descendants; false when some are left at `deadline`. Children first: their own children then become ours.
 * What lasts longer is looked for in all of /proc, since the descendants of an unkillable process do not become ours. */
static bool sweep(int64_t deadline)
{
    int64_t pause = MS, deep = now() + 100 * MS;
    for (;;) {
        int children = kill_children();
        if (children < 0 || now() >= deep) {
            each_number("/proc", kill_if_descendant);
            deep = now() + 100 * MS;
        }
        int ended = await_deaths(children, now() + pause);
        if (ended < 0) return true;
        if (now() >= deadline) return false;
        pause = ended > 0 ? MS : pause * 2 < SECOND ? pause * 2 : SECOND;
    }
}

static struct text stuck; /* PID:TICK,... of the descendants that the last sweep could not remove */

static void name_if_stuck(int pid)
{
    struct row row;
    if (stuck.length > 1000 || pid == getpid() || !is_descendant(pid) || !read_row(pid, &row) || row.state == 'Z') return;
    put_line(&stuck, stuck.length == 0 ? "%s%d:" : ",%s%d:", "", pid);
    put_number(&stuck, (long long)row.tick);
}

/* ---- guard ---- */

struct past {
    int status;
    long long took, oom_before, oom_after;
};

struct guard {
    char **command;
    int report;   /* -1 once it is given away */
    int nice;     /* of the supervisor; the guardian's own is the best it may have */
    int score;
    long long life;
    int failures; /* since a supervisor was last healthy */
    int socket;
    int64_t started;
    bool stop_asked;
    struct past past;
};

static sigset_t watched_signals;

static bool is_stop(int signal) { return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT; }

static void block_signals(void)
{
    static const int SIGNALS[] = {SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2};
    sigemptyset(&watched_signals);
    for (size_t at = 0; at < sizeof SIGNALS / sizeof *SIGNALS; at++) {
        sigaddset(&watched_signals, SIGNALS[at]);
        signal(SIGNALS[at], SIG_DFL); /* an ignored SIGCHLD would take the statuses away */
    }
    sigprocmask(SIG_BLOCK, &watched_signals, NULL);
}

static void default_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_unless_kept(int fd)
{
    if (fd > LINK) close(fd);
}

static void close_above_link(void)
{
    if (syscall(SYS_close_range, LINK + 1, ~0U, 0) != 0) each_number("/proc/self/fd", close_unless_kept);
}

static int hold_lock(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(name) != sizeof address.sun_path - 1) return errno = EINVAL, refuse("hold the lock", name);
    memcpy(address.sun_path + 1, name, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0) return 0;
    return fd >= 0 && errno == EADDRINUSE ? HELD : refuse("hold the lock", name);
}

static void greet(const struct guard *guard)
{
    const struct past *past = &guard->past;
    struct text text = {0};
    put_line(&text, "guardian %s%d", "", getpid());
    put_line(&text, " %s%d", "", guard->score);
    put_line(&text, " %s%d\n", "", guard->life);
    if (guard->life > 1) {
        bool exited = WIFEXITED(past->status);
        put_line(&text, "past %s %d", exited ? "exit" : "signal", exited ? WEXITSTATUS(past->status) : WTERMSIG(past->status));
        put_line(&text, " %s %d", "killed", killed);
        put_line(&text, " %s %d", "took", past->took / 1000);
        put_line(&text, " %s %d", "oom", past->oom_before);
        put_line(&text, "%s %d", "", past->oom_after);
        put(&text, " stuck ");
        put(&text, stuck.length == 0 ? "-" : stuck.bytes);
        put(&text, "\n");
    }
    put(&text, "end\n");
    say(guard->socket, &text);
}

static _Noreturn void become_supervisor(const struct guard *guard, int socket)
{
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    char *environment[count + 2];
    environment[0] = "TSVISOR_GUARDIAN=1";
    memcpy(environment + 1, environ, (count + 1) * sizeof *environ);
    setpriority(PRIO_PROCESS, 0, guard->nice);
    if (guard->score < -900) write_score(-900);
    if (socket == LINK)
        fcntl(LINK, F_SETFD, 0);
    else
        dup2(socket, LINK);
    default_signals();
    execve(guard->command[0], guard->command, environment);
    refuse("run", guard->command[0]);
    _exit(NOT_FOUND);
}

static bool start(struct guard *guard)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    guard->socket = ends[0];
    guard->life++;
    greet(guard); /* before fork: the first thing the supervisor reads is already there */
    guard->past.oom_before = count_oom_kills();
    guard->started = now();
    guard->stop_asked = false;
    watched_ended = false;
    watched = fork();
    if (watched == 0) become_supervisor(guard, ends[1]);
    close(ends[1]);
    if (watched < 0) {
        guard->life--;
        close(ends[0]);
        return false;
    }
    if (guard->report >= 0) close(guard->report);
    guard->report = -1;
    return true;
}

/* Waits for the end of the supervisor. Only here are signals forwarded. */
static void attend(struct guard *guard)
{
    while (!watched_ended) {
        int signal = sigwaitinfo(&watched_signals, NULL);
        if (signal == SIGCHLD) {
            reap_ended();
        } else if (signal > 0) {
            if (is_stop(signal)) guard->stop_asked = true;
            kill(watched, signal);
        }
    }
}

static bool was_ready(const struct guard *guard)
{
    char bytes[6];
    return recv(guard->socket, bytes, sizeof bytes, MSG_DONTWAIT) == sizeof bytes && memcmp(bytes, "ready\n", 6) == 0;
}

/* Notes how the supervisor ended and makes sure that nothing of it is left; false when something is. */
static bool bury(struct guard *guard)
{
    int64_t ended = now();
    guard->past.status = watched_status;
    guard->past.oom_after = count_oom_kills();
    killed = 0;
    stuck.length = 0;
    bool clean = sweep(ended + 10 * SECOND);
    guard->past.took = now() - ended;
    if (!clean) each_number("/proc", name_if_stuck);
    stuck.bytes[stuck.length] = '\0';
    return clean;
}

/* Nanoseconds to wait before the next start: none, then 100 ms doubling to 30 s. */
static int64_t restart_delay(struct guard *guard, bool healthy)
{
    if (healthy) guard->failures = 0;
    int failure = guard->failures < 30 ? guard->failures++ : 30;
    if (failure == 0) return 0;
    return failure > 9 ? 30 * SECOND : (100 * MS) << (failure - 1);
}

/* True when a stop was asked for meanwhile. Other signals have nobody to go to; orphans are reaped. */
static bool rest(int64_t deadline)
{
    int signal;
    while ((signal = next_signal(&watched_signals, deadline)) != 0) {
        if (is_stop(signal)) return true;
        if (signal == SIGCHLD) reap_ended();
    }
    return false;
}

static int finish(int status, bool clean)
{
    if (clean) return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    errno = EBUSY;
    refuse("kill", stuck.bytes);
    return LEFT_OVER;
}

static int supervise(struct guard *guard)
{
    bool clean = true;
    for (;;) {
        while (!start(guard))
            if (rest(now() + restart_delay(guard, false))) return finish(0, clean);
        attend(guard);
        bool ready = was_ready(guard), failed_start = guard->life == 1 && !ready && WIFEXITED(watched_status);
        bool restart = WIFEXITED(watched_status) && WEXITSTATUS(watched_status) == RESTART;
        bool orderly = WIFEXITED(watched_status) && WEXITSTATUS(watched_status) == 0;
        bool healthy = now() - guard->started >= 60 * SECOND;
        clean = bury(guard);
        close(guard->socket);
        if (orderly || (!restart && (failed_start || guard->stop_asked))) return finish(watched_status, clean);
        if (rest(now() + (restart ? 0 : restart_delay(guard, healthy)))) return finish(0, clean);
    }
}

static int run_guard(char **argv)
{
    struct guard guard = {.report = -1, .nice = getpriority(PRIO_PROCESS, 0)};
    for (; argv[0] != NULL && strcmp(argv[0], "--") != 0; argv += 2) {
        long long number;
        int held = 0;
        if (argv[1] == NULL) return errno = EINVAL, refuse("read option", argv[0]);
        if (strcmp(argv[0], "-l") == 0)
            held = hold_lock(argv[1]);
        else if (strcmp(argv[0], "-R") == 0 && whole_number(argv[1], 10, LINK + 1, INT_MAX, &number))
            guard.report = (int)number;
        else
            return errno = EINVAL, refuse("read option", argv[0]);
        if (held != 0) return held;
    }
    if (argv[0] == NULL || argv[1] == NULL) return errno = EINVAL, refuse("find", "the supervisor's command");
    guard.command = argv + 1;
    block_signals();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    lower_score(-1000);
    guard.score = read_score();
    setpriority(PRIO_PROCESS, 0, -20); /* to outrun what forks as fast as it can; not allowed to everybody */
    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    return supervise(&guard);
}

/* ---- exec ---- */

static int status = LINK;
static pid_t reaper; /* 0 unless the parent is a reaper */

static int lead_group(const char *none)
{
    (void)none;
    return setpgid(0, 0);
}

static int join_cgroup(const char *file) { return write_file(file, "0"); }

static int tell_score(const char *none)
{
    (void)none;
    say_line(status, "%s %d\n", "score", read_score());
    return 0;
}

static int set_score(const char *word, bool required)
{
    long long score;
    if (!whole_number(word, 10, -1000, 1000, &score)) return -1;
    int reason = lower_score((int)score);
    if (reason == 0) return 0;
    if (required) {
        tell_score(NULL); /* the lowest that is allowed: the cure */
        return errno = reason, -1;
    }
    struct text text = {0};
    put_line(&text, "note %s %d ", "oom_score_adj", reason);
    put_line(&text, "%s%d\n", "", read_score());
    say(status, &text);
    return 0;
}

static int prefer_score(const char *word) { return set_score(word, false); }
static int require_score(const char *word) { return set_score(word, true); }

static int set_limit(const char *word)
{
    unsigned long long resource, soft, hard;
    if (!take_number(&word, 10, ':', &resource) || !take_number(&word, 10, ':', &soft)) return -1;
    if (!take_number(&word, 10, '\0', &hard)) return -1;
    struct rlimit limit = {.rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard};
    return setrlimit((int)resource, &limit);
}

static int set_nice(const char *word)
{
    long long nice;
    return whole_number(word, 10, -20, 19, &nice) ? setpriority(PRIO_PROCESS, 0, (int)nice) : -1;
}

static int set_umask(const char *word)
{
    long long mask;
    if (!whole_number(word, 8, 0, 0777, &mask)) return -1;
    umask((mode_t)mask);
    return 0;
}

static int place(int fd, int wanted)
{
    if (fd < 0 || fd == wanted) return fd < 0 ? -1 : 0;
    int placed = dup2(fd, wanted);
    close(fd);
    return placed < 0 ? -1 : 0;
}

/* `N:PATH` with N of 0, 1 and 2. */
static int open_as(const char *word, int flags)
{
    unsigned long long wanted;
    if (!take_number(&word, 10, ':', &wanted) || wanted > STDERR_FILENO) return errno = EINVAL, -1;
    return place(open(word, flags | O_NOCTTY, 0644), (int)wanted);
}

/* Both ends: the program neither waits for a reader nor dies by SIGPIPE when the supervisor does. */
static int open_pipe(const char *word) { return open_as(word, O_RDWR); }
static int open_append(const char *word) { return open_as(word, O_WRONLY | O_CREAT | O_APPEND); }

static int copy_descriptor(const char *word)
{
    unsigned long long wanted, source;
    if (!take_number(&word, 10, ':', &wanted) || !take_number(&word, 10, '\0', &source)) return -1;
    if (wanted > STDERR_FILENO || source > STDERR_FILENO) return errno = EINVAL, -1;
    return dup2((int)source, (int)wanted) < 0 ? -1 : 0;
}

static int close_rest(const char *none)
{
    (void)none;
    close_above_link();
    return 0;
}

static int set_groups(const char *word)
{
    static gid_t groups[1024];
    size_t count = 0;
    while (*word != '\0') {
        unsigned long long group;
        if (count == sizeof groups / sizeof *groups) return errno = EINVAL, -1;
        if (!take_number(&word, 10, ',', &group)) return -1;
        groups[count++] = (gid_t)group;
    }
    return setgroups(count, groups);
}

static int set_gid(const char *word)
{
    unsigned long long gid;
    return take_number(&word, 10, '\0', &gid) ? setgid((gid_t)gid) : -1;
}

static int set_uid(const char *word)
{
    unsigned long long uid;
    return take_number(&word, 10, '\0', &uid) ? setuid((uid_t)uid) : -1;
}

/* After setuid, which would clear it; a parent that died before this gives no signal, hence the look. */
static int die_with_parent(const char *word)
{
    long long parent;
    if (!whole_number(word, 10, 1, INT_MAX, &parent)) return -1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
    if (getppid() == (reaper == 0 ? (pid_t)parent : reaper)) return 0;
    errno = ESRCH;
    return -1;
}

/* The order matters: what needs rights before the rights go, what the user must be able to do after. */
static const struct step {
    char option; /* done for every `-option VALUE`; 0: always done once */
    const char *stage;
    int (*take)(const char *value);
} STEPS[] = {
    {0, "setpgid", lead_group},
    {'g', "cgroup", join_cgroup},
    {'o', "oom_score_adj", prefer_score},
    {'O', "oom_score_adj", require_score},
    {0, "oom_score_adj", tell_score},
    {'r', "rlimit", set_limit},
    {'N', "nice", set_nice},
    {'m', "umask", set_umask},
    {'p', "open", open_pipe},
    {'a', "open", open_append},
    {'D', "open", copy_descriptor},
    {0, "open", close_rest},
    {'S', "setgroups", set_groups},
    {'G', "setgid", set_gid},
    {'U', "setuid", set_uid},
    {'P', "pdeathsig", die_with_parent},
    {'d', "chdir", chdir},
};

static _Noreturn void fail(const char *stage)
{
    say_line(status, "%s %d\n", stage, errno);
    _exit(CANNOT);
}

/* The command after `--`; NULL when an option is unknown or without a value, or no command is there. */
static char **find_command(char **options)
{
    for (; options[0] != NULL && strcmp(options[0], "--") != 0; options += 2)
        if (options[0][0] != '-' || options[0][1] == '\0' || options[0][2] != '\0' || options[1] == NULL ||
            strchr("goOrNmpaDSGUPd", options[0][1]) == NULL)
            return NULL;
    return options[0] == NULL || options[1] == NULL || options[2] == NULL ? NULL : options + 1;
}

static _Noreturn void become_program(char **options, char **command)
{
    if (fcntl(LINK, F_SETFD, FD_CLOEXEC) != 0) status = STDERR_FILENO;
    for (const struct step *step = STEPS; step < STEPS + sizeof STEPS / sizeof *STEPS; step++) {
        if (step->option == 0 && step->take(NULL) != 0) fail(step->stage);
        for (char **option = options; option < command - 1; option += 2)
            if (option[0][1] == step->option && step->take(option[1]) != 0) fail(step->stage);
    }
    default_signals();
    execve(command[0], command + 1, environ);
    fail("exec");
}

static int run_exec(char **options)
{
    char **command = find_command(options);
    if (command == NULL) return errno = EINVAL, refuse("read", "the options of exec");
    become_program(options, command);
}

/* ---- reap ---- */

/* Passes on what the steps said; true when the program runs. */
static bool relay_steps(int fd)
{
    struct text text = {0};
    ssize_t got;
    while (text.length < sizeof text.bytes - 1 &&
           ((got = read(fd, text.bytes + text.length, sizeof text.bytes - 1 - text.length)) > 0 || (got < 0 && errno == EINTR)))
        text.length += got > 0 ? (size_t)got : 0;
    close(fd);
    text.bytes[text.length] = '\0';
    const char *score = strstr(text.bytes, "score ");
    const char *end = score == NULL ? NULL : strchr(score, '\n');
    bool runs = end != NULL && end[1] == '\0';
    if (runs) put(&text, "running\n");
    say(LINK, &text);
    return runs;
}

static void tell_end(void)
{
    if (!watched_ended || watched == 0) return;
    if (WIFEXITED(watched_status))
        say_line(LINK, "%s %d\n", "exited", WEXITSTATUS(watched_status));
    else
        say_line(LINK, "%s %d\n", "killed", WTERMSIG(watched_status));
    watched = 0;
}

static void on_death(int signal) { (void)signal; }

/* Waits for a death or a word from the supervisor; true when it asks for the sweep or is gone. */
static bool must_sweep(void)
{
    sigset_t mask;
    sigfillset(&mask);
    sigdelset(&mask, SIGCHLD);
    struct pollfd poll = {.fd = LINK, .events = POLLIN};
    if (ppoll(&poll, 1, NULL, &mask) <= 0) return false;
    char bytes[64];
    ssize_t got = recv(LINK, bytes, sizeof bytes, MSG_DONTWAIT);
    return got == 0 || (got > 0 && memchr(bytes, 'k', (size_t)got) != NULL) || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static int stay(void)
{
    bool sweeping = false;
    for (;;) {
        bool empty = sweeping ? sweep(now() + SECOND) : reap_ended() < 0;
        tell_end();
        if (empty) break;
        if (!sweeping) sweeping = must_sweep();
    }
    say_line(LINK, "%s\n", "empty", 0);
    return 0;
}

static int run_reap(char **options)
{
    int ends[2];
    char **command = find_command(options);
    if (command == NULL) return errno = EINVAL, refuse("read", "the options of reap");
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGCHLD, on_death);
    close_above_link();
    setpgid(0, 0);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || pipe2(ends, O_CLOEXEC) != 0) fail("reap");
    fcntl(LINK, F_SETFD, FD_CLOEXEC);
    reaper = getpid();
    watched = fork();
    if (watched < 0) fail("fork");
    if (watched == 0) {
        dup2(ends[1], LINK);
        become_program(options, command);
    }
    close(ends[1]);
    struct row row = {0};
    read_row(watched, &row);
    struct text text = {0};
    put_line(&text, "%s %d", "pid", watched);
    put_line(&text, "%s %d\n", "", (long long)row.tick);
    say(LINK, &text);
    relay_steps(ends[0]);
    return stay();
}

/* ---- fifo ---- */

static bool make_fifo(const char *path, mode_t mode)
{
    struct stat found;
    if (mkfifo(path, mode) == 0) return true;
    if (errno != EEXIST) return false;
    if (stat(path, &found) == 0 && S_ISFIFO(found.st_mode)) return true;
    errno = EEXIST;
    return false;
}

static int run_fifo(char **argv)
{
    long long mode;
    int result = 0;
    if (argv[0] == NULL || !whole_number(argv[0], 8, 0, 0777, &mode)) return errno = EINVAL, refuse("read", "the mode");
    umask(0);
    for (char **path = argv + 1; *path != NULL; path++)
        if (!make_fifo(*path, (mode_t)mode)) {
            say_line(STDERR_FILENO, "%s %d\n", *path, errno);
            result = 1;
        }
    return result;
}

int main(int argc, char **argv)
{
    static const struct mode {
        const char *name;
        int (*run)(char **arguments);
    } MODES[] = {{"guard", run_guard}, {"exec", run_exec}, {"reap", run_reap}, {"fifo", run_fifo}};
    for (size_t at = 0; argc > 1 && at < sizeof MODES / sizeof *MODES; at++)
        if (strcmp(argv[1], MODES[at].name) == 0) return MODES[at].run(argv + 2);
    errno = EINVAL;
    return refuse("find a mode", "guard, exec, reap or fifo");
}
