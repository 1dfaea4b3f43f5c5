/* How does nothing outlive the supervisor, or a program that has a reaper? No heap is used.
 *
 * guardian guard [-l LOCK] [-R FD] -- FILE ARG...
 *     Parent and subreaper of the supervisor FILE. Starts it again whenever it ends badly, but only after everything below is
 *     dead. LOCK (107 characters) is an abstract socket name, bound for life: the single instance. FD is for the first
 *     supervisor only. The supervisor finds TSVISOR_GUARDIAN=1 in its environment and a socket on fd 3:
 *         guardian -> supervisor    guardian PID SCORE LIFE
 *                                   past exit|signal N killed N took USEC oom BEFORE AFTER stuck -|PID:TICK,... (LIFE > 1)
 *                                   settled                    (a supervisor before this one was ready)
 *                                   notify USEC                (where a service manager listens; USEC of its watchdog, or 0)
 *                                   end
 *         supervisor -> guardian    ready
 *                                   ending                     (it stops everything and wants no successor)
 *                                   notify TEXT                (to the service manager, as it is)
 *     How the supervisor ends decides. Status 0: sweep, end. 195: sweep, start anew at once. A failing status of the first one
 *     before `ready`, or any end after `ending` or after TERM, INT, QUIT or ABRT: sweep, end. Everything else: sweep, wait, start anew.
 *     Exit status: the supervisor's; 193: LOCK is held by another; 4: members are left that cannot be killed; 125: cannot run.
 *
 * guardian reap OPTION... -- FILE ARGV0 ARG...
 *     As `exec` (exec.c), but stays as the program's parent and subreaper, with a socket on fd 3:
 *         reaper -> supervisor      pid PID TICK, the lines of exec, running, exited CODE | killed SIGNAL, empty
 *         supervisor -> reaper      kill        (end of file means the same)
 *
 * guardian version
 *     Says how it was built: `VERSION ARCHITECTURE LINKAGE`.
 *
 * `exec` is in exec.c. The further modes make what Node cannot: see channels.c and notices.c; `begin` is in service.c. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guardian.h"

#ifndef BUILD
#define BUILD "unknown - by hand"
#endif

/* Rare ones: the supervisor's status can be that of a program for whose end it ends. */
enum { LEFT_OVER = 4, HELD = 193, RESTART = 195 };

static const int64_t MS = 1000000, SECOND = 1000000000;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static long long count_oom_kills(void) {
    static char bytes[16384];
    if (read_file("/proc/vmstat", bytes, sizeof bytes) <= 0) return -1;
    const char *at = strstr(bytes, "\noom_kill ");
    return at == NULL ? -1 : strtoll(at + 10, NULL, 10);
}

/* ---- the sweep: killing every descendant, again and again until there is none ---- */

static pid_t watched; /* the supervisor, or a reaper's leader */
static bool watched_ended;
static int watched_status;
static int killed; /* children reaped that had ended by SIGKILL */

static int number_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status); }

/* Reaps what has ended; how many, or -1 when no child is left, which proves that no descendant is. */
static int reap_ended(void) {
    for (int count = 0;; count++) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
        if (pid <= 0) return pid < 0 && errno == ECHILD ? -1 : count;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) killed++;
        if (pid != watched) continue;
        watched_ended = true;
        watched_status = status;
    }
}

/* Only its parent can reap a child, so a pid that waitid knows cannot have been reused meanwhile. */
static bool is_living_child(pid_t pid) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 && info.si_pid == 0;
}

static bool hurry; /* the sweep takes long: realtime for us and for what we kill, since dying needs processor time too */

/* Not allowed to everybody. musl has no sched_setscheduler. */
static void schedule(pid_t pid, int policy) {
    syscall(SYS_sched_setscheduler, pid, policy, &(struct sched_param){.sched_priority = policy == SCHED_RR});
}

static void set_hurry(bool on) {
    if (hurry != on) schedule(0, on ? SCHED_RR : SCHED_OTHER);
    hurry = on;
}

/* A process group dies at once, before a member can fork; but only a group in which no stranger can be. */
static void kill_child(pid_t pid) {
    pid_t group = getpgid(pid), session = getsid(0);
    bool closed = group == pid || getsid(pid) != session || session == getpid();
    if (group > 1 && group != getpgrp() && closed) kill(-group, SIGKILL);
    kill(pid, SIGKILL);
    if (hurry) schedule(pid, SCHED_RR);
}

/* Open from the start: when it is needed no descriptor may be left. -1 where the kernel keeps no such list. */
static int children = -1;
static void open_children(void) { children = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC); }

/* How many direct children were alive and are now killed; -1 where they cannot be listed.
 * A list that is too long for the buffer is cut: the rest is seen when the first ones are reaped. */
static int kill_children(void) {
    static char bytes[1 << 18];
    if (lseek(children, 0, SEEK_SET) != 0 || read_to_end(children, bytes, sizeof bytes) < 0) return -1;
    int living = 0;
    for (char *at = bytes, *space; (space = strchr(at, ' ')) != NULL; at = space + 1) {
        if (!is_living_child(atoi(at))) continue;
        kill_child(atoi(at));
        living++;
    }
    return living;
}

static bool is_descendant(pid_t pid) {
    struct row row;
    for (int depth = 0; depth < 1024 && pid > 1 && read_row(pid, &row); depth++) {
        if (row.parent == getpid()) return true;
        pid = row.parent;
    }
    return false;
}

/* The pidfd is opened before the look at the ancestry, so what is killed is what was looked at. */
static void kill_if_descendant(int pid) {
    int fd = (int)syscall(PIDFD_OPEN, pid, 0);
    bool ours = is_descendant(pid);
    if (ours && fd >= 0) syscall(PIDFD_SEND_SIGNAL, fd, SIGKILL, NULL, 0);
    if (ours && fd < 0) kill(pid, SIGKILL); /* kernels before 5.3 */
    if (fd >= 0) close(fd);
}

/* Waits for a signal of `set` until `deadline`; 0 when there was none. */
static int next_signal(const sigset_t *set, int64_t deadline) {
    for (;;) {
        int64_t time_is = now(), left = deadline > time_is ? deadline - time_is : 0;
        struct timespec time = {.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
        int signal = sigtimedwait(set, NULL, &time);
        if (signal > 0) return signal;
        if (errno != EINTR) return 0;
    }
}

/* Kills all descendants; false when some are left and none has died for `patience` nanoseconds.
 * Dead children are not reaped before all children are dead: as long as they hold their place in the process table, what
 * forks as fast as it can runs out of places and loses. Their own children then become ours. Only what does not die is a
 * reason to look through all of /proc, since the descendants of an unkillable process do not become ours. */
static bool sweep(int64_t patience) {
    sigset_t deaths;
    sigemptyset(&deaths);
    sigaddset(&deaths, SIGCHLD);
    int64_t begun = now(), last = begun, pause = MS;
    for (;;) {
        set_hurry(now() - begun > 50 * MS);
        int living = kill_children();
        bool over = now() - last > patience;
        int reaped = living <= 0 || over ? reap_ended() : 0;
        if (reaped < 0 || over) return set_hurry(false), reaped < 0;
        if (living == 0 && reaped > 0) continue;
        if (living < 0 || pause > 100 * MS) each_number("/proc", kill_if_descendant);
        bool died = next_signal(&deaths, now() + pause) != 0;
        if (died) last = now();
        pause = died ? MS : pause * 2 < SECOND ? pause * 2 : SECOND;
    }
}

static char stuck[1024]; /* PID:TICK,... of the descendants that the last sweep could not remove */

static void name_if_stuck(int pid) {
    size_t length = strlen(stuck);
    struct row row;
    if (length > sizeof stuck - 40 || !is_descendant(pid) || !read_row(pid, &row) || row.state == 'Z') return;
    snprintf(stuck + length, sizeof stuck - length, "%s%d:%lld", length == 0 ? "" : ",", pid, row.tick);
}

/* ---- guard ---- */

struct guard {
    char **command;
    int report; /* -1 once it is given away */
    int nice;   /* of the supervisor; the guardian's own is the best it may have */
    int score;
    int life;
    int failures; /* since a supervisor was last healthy */
    int socket;
    int64_t started;
    bool stop_asked, settled;
    long long took, oom_before, oom_after; /* took: nanoseconds */
};

/* ABRT is what a service manager sends whose watchdog was not fed. */
static bool is_stop(int signal) { return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT || signal == SIGABRT; }
static bool is_forwarded(int signal) {
    return is_stop(signal) || signal == SIGHUP || signal == SIGUSR1 || signal == SIGUSR2;
}

static sigset_t all_signals;
/* From here on signals are waited for, never delivered. */
static void block_signals(void) {
    sigfillset(&all_signals);
    sigprocmask(SIG_SETMASK, &all_signals, NULL);
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take the statuses away */
}

static int hold_lock(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(name) != sizeof address.sun_path - 1) return refuse("hold the lock", name, EINVAL);
    memcpy(address.sun_path + 1, name, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0) return 0;
    return errno == EADDRINUSE ? HELD : refuse("hold the lock", name, errno);
}

static void greet(const struct guard *guard) {
    const char *how = WIFEXITED(watched_status) ? "exit" : "signal";
    dprintf(guard->socket, "guardian %d %d %d\n", getpid(), guard->score, guard->life);
    if (guard->life > 1) {
        dprintf(guard->socket, "past %s %d killed %d ", how, number_of(watched_status), killed);
        dprintf(guard->socket, "took %lld oom %lld %lld ", guard->took / 1000, guard->oom_before, guard->oom_after);
        dprintf(guard->socket, "stuck %s\n", *stuck == '\0' ? "-" : stuck);
    }
    if (guard->settled) dprintf(guard->socket, "settled\n");
    if (has_manager()) dprintf(guard->socket, "notify %lld\n", watchdog_time());
    dprintf(guard->socket, "end\n");
}

static _Noreturn void become_supervisor(const struct guard *guard, int socket) {
    size_t count = 0;
    while (environ[count] != NULL) count++;
    char *environment[count + 2];
    environment[0] = "TSVISOR_GUARDIAN=1";
    memcpy(environment + 1, environ, (count + 1) * sizeof *environ);
    setpriority(PRIO_PROCESS, 0, guard->nice);
    if (guard->score < -900) write_score(-900);
    if (socket == LINK) fcntl(LINK, F_SETFD, 0);
    else dup2(socket, LINK);
    default_signals();
    execve(guard->command[0], guard->command, environment);
    refuse("run", guard->command[0], errno);
    _exit(NOT_FOUND);
}

static bool start(struct guard *guard) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    guard->socket = ends[0];
    guard->life++;
    greet(guard); /* before fork: the first thing the supervisor reads is already there */
    expect_words(guard->socket);
    long long oom_kills = count_oom_kills();
    guard->stop_asked = watched_ended = false;
    watched = fork();
    if (watched == 0) become_supervisor(guard, ends[1]);
    close(ends[1]);
    if (watched < 0) return guard->life--, close(ends[0]), false;
    guard->started = now();
    guard->oom_before = oom_kills;
    close(guard->report);
    guard->report = -1;
    return true;
}

/* While a supervisor is coming up nobody else feeds the watchdog; one that does not come up is not fed for ever. */
static int await_signal(const struct guard *guard) {
    bool coming_up = watchdog_time() > 0 && !hear(guard->socket) && now() - guard->started < 120 * SECOND;
    return coming_up ? next_signal(&all_signals, now() + feed_watchdog()) : sigwaitinfo(&all_signals, NULL);
}

static void attend(struct guard *guard) {
    while (!watched_ended) {
        int signal = await_signal(guard);
        if (signal == SIGCHLD) reap_ended();
        else if (signal == SIGIO) hear(guard->socket);
        else if (is_forwarded(signal)) kill(watched, signal == SIGABRT ? SIGKILL : signal); /* what hangs hears nothing */
        if (!is_stop(signal)) continue;
        guard->stop_asked = true;
        kill(watched, SIGCONT); /* nor does what somebody has stopped */
    }
}

/* Notes how the supervisor ended and makes sure that nothing of it is left; false when something is. */
static bool bury(struct guard *guard) {
    int64_t ended = now();
    guard->oom_after = count_oom_kills();
    killed = 0;
    stuck[0] = '\0';
    bool clean = sweep(10 * SECOND);
    guard->took = now() - ended;
    notify("STATUS=the supervisor has ended, and all that it had started");
    if (!clean) each_number("/proc", name_if_stuck);
    if (hear(guard->socket)) guard->settled = true;
    close(guard->socket);
    return clean;
}

/* Nanoseconds to wait before the next start: none, then 100 ms doubling to 30 s. */
static int64_t restart_delay(struct guard *guard, bool healthy) {
    if (healthy) guard->failures = 0;
    int failure = guard->failures < 10 ? guard->failures++ : 10;
    return failure == 0 ? 0 : failure > 9 ? 30 * SECOND : (100 * MS) << (failure - 1);
}

/* True when a stop was asked for meanwhile. Other signals have nobody to go to. */
static bool rest(int64_t nanoseconds) {
    for (int64_t deadline = now() + nanoseconds, left = nanoseconds;; left = deadline - now()) {
        int64_t due = feed_watchdog();
        int signal = next_signal(&all_signals, now() + (due < left ? due : left));
        if (is_stop(signal)) return true;
        if (signal == SIGCHLD) reap_ended();
        if (signal == 0 && now() >= deadline) return false;
    }
}

/* The exit status after a supervisor that ended with `code`, or by a signal or a restart that came too late to matter. */
static int finish(int code, bool clean) {
    if (clean) return code < 0 || code == RESTART ? 0 : code;
    refuse("kill", stuck, EBUSY);
    return LEFT_OVER;
}

static int supervise(struct guard *guard) {
    for (bool clean = true;;) {
        while (!start(guard))
            if (rest(restart_delay(guard, false))) return finish(0, clean);
        attend(guard);
        int code = WIFEXITED(watched_status) ? WEXITSTATUS(watched_status) : -1;
        bool failed_start = guard->life == 1 && code > 0 && code != RESTART && !hear(guard->socket);
        bool healthy = now() - guard->started >= 60 * SECOND;
        clean = bury(guard);
        if (code == 0 || guard->stop_asked || is_ending() || failed_start) return finish(code, clean);
        if (rest(code == RESTART ? 0 : restart_delay(guard, healthy))) return finish(0, clean);
    }
}

static int run_guard(char **argv) {
    struct guard guard = {.report = -1, .nice = getpriority(PRIO_PROCESS, 0)};
    const char *lock = NULL;
    for (; argv[0] != NULL && strcmp(argv[0], "--") != 0; argv += 2) {
        const char *value = argv[1];
        if (value != NULL && strcmp(argv[0], "-l") == 0) lock = value;
        else if (value != NULL && strcmp(argv[0], "-R") == 0) guard.report = (int)take(&value, 10);
        else return refuse("read option", argv[0], EINVAL);
    }
    if (argv[0] == NULL || argv[1] == NULL || malformed || guard.report == LINK)
        return refuse("read options of", "guard", EINVAL);
    guard.command = argv + 1;
    /* What the starter left open is not ours to keep open; kernels before 5.9 cannot do this and need not. */
    syscall(CLOSE_RANGE, LINK, guard.report < 0 ? ~0U : (unsigned)guard.report - 1, 0);
    if (guard.report >= 0) syscall(CLOSE_RANGE, guard.report + 1, ~0U, 0);
    int held = lock == NULL ? 0 : hold_lock(lock);
    if (held != 0) return held;
    find_manager();
    block_signals();
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return refuse("adopt", "orphans", errno);
    open_children();
    lower_score(-1000);
    guard.score = read_score();
    setpriority(PRIO_PROCESS, 0, -20); /* not allowed to everybody either */
    mlockall(MCL_CURRENT | MCL_FUTURE | LOCK_ON_FAULT);
    return supervise(&guard);
}

/* ---- reap ---- */

/* Passes on what the steps said, and that the program runs if their last word was the score. */
static void relay_steps(int fd) {
    char words[512];
    size_t length = 0;
    ssize_t got;
    while ((got = read(fd, words + length, sizeof words - 1 - length)) > 0) length += (size_t)got;
    close(fd);
    words[length] = '\0';
    const char *score = strstr(words, "score "), *end = score == NULL ? NULL : strchr(score, '\n');
    dprintf(LINK, "%s%s", words, end != NULL && end[1] == '\0' ? "running\n" : "");
}

static void tell_end(void) {
    if (!watched_ended || watched == 0) return;
    dprintf(LINK, "%s %d\n", WIFEXITED(watched_status) ? "exited" : "killed", number_of(watched_status));
    watched = 0;
}

static void on_death(int signal) { (void)signal; /* only to interrupt ppoll */ }

/* Waits for a death or a word from the supervisor; true when it asks for the sweep or is gone. */
static bool must_sweep(void) {
    sigset_t mask = all_signals;
    sigdelset(&mask, SIGCHLD);
    struct pollfd link = {.fd = LINK, .events = POLLIN};
    if (ppoll(&link, 1, NULL, &mask) <= 0) return false;
    char bytes[64];
    ssize_t got = recv(LINK, bytes, sizeof bytes, MSG_DONTWAIT);
    return got > 0 ? memchr(bytes, 'k', (size_t)got) != NULL : got == 0 || errno != EAGAIN;
}

static int stay(void) {
    for (bool sweeping = false;;) {
        bool empty = sweeping ? sweep(SECOND) : reap_ended() < 0;
        tell_end();
        if (empty) break;
        if (!sweeping) sweeping = must_sweep();
    }
    dprintf(LINK, "empty\n");
    return 0;
}

static int run_reap(char **options) {
    int ends[2];
    char **command = find_command(options);
    block_signals();
    signal(SIGCHLD, on_death);
    close_rest(NULL);
    setpgid(0, 0);
    open_children();
    reaper = getpid();
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || pipe2(ends, O_CLOEXEC) != 0 || (watched = fork()) < 0) fail("fork", errno);
    if (watched == 0) {
        dup2(ends[1], LINK);
        become_program(options, command);
    }
    close(ends[1]);
    struct row row = {0};
    read_row(watched, &row);
    dprintf(LINK, "pid %d %lld\n", watched, row.tick);
    relay_steps(ends[0]);
    return stay();
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "guard") == 0) return run_guard(argv + 2);
    if (strcmp(mode, "exec") == 0) become_program(argv + 2, find_command(argv + 2));
    if (strcmp(mode, "reap") == 0) return run_reap(argv + 2);
    if (strcmp(mode, "fifo") == 0) return run_fifo(argv + 2);
    if (strcmp(mode, "widen") == 0) return run_widen(argv + 2);
    if (strcmp(mode, "peer") == 0) return run_peer();
    if (strcmp(mode, "xattr") == 0) return run_xattr(argv + 2);
    if (strcmp(mode, "share") == 0) return run_share(argv + 2);
    if (strcmp(mode, "notify") == 0) return run_notify(argv + 2);
    if (strcmp(mode, "begin") == 0) return run_begin(argv + 2);
    if (strcmp(mode, "version") == 0) return dprintf(STDOUT_FILENO, BUILD "\n") < 0 ? CANNOT : 0;
    return refuse("find mode", mode, EINVAL);
}
