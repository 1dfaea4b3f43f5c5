/* How does a program start exactly as it was asked to? The steps between fork and exec that Node cannot do.
 *
 * guardian exec OPTION... -- FILE ARGV0 ARG...
 *     The steps between fork and exec, in the order of STEPS below, then FILE. On fd 3 (closed by exec) it writes
 *         note oom_score_adj ERRNO EFFECTIVE     a preferred score was refused; the nearest allowed one is set
 *         score EFFECTIVE                        always
 *         STAGE ERRNO                            this step failed; exit status 125
 *     End of file with `score` as the last line means that FILE runs. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guardian.h"

static int status = LINK;
pid_t reaper;

static int lead_group(const char *none) { return (void)none, setpgid(0, 0); }
static int join_cgroup(const char *file) { return write_file(file, "0"); }
static int tell_score(const char *none) { return (void)none, dprintf(status, "score %d\n", read_score()), 0; }

static int prefer_score(const char *word) {
    int reason = lower_score((int)take(&word, 10));
    if (reason != 0) dprintf(status, "note oom_score_adj %d %d\n", reason, read_score());
    return 0;
}

/* A refusal tells the lowest score that is allowed: the cure. */
static int require_score(const char *word) {
    int reason = lower_score((int)take(&word, 10));
    if (reason != 0) tell_score(NULL);
    return errno = reason, reason;
}

/* RESOURCE:SOFT:HARD; -1 for no limit. */
static int set_limit(const char *word) {
    int resource = (int)take(&word, 10);
    struct rlimit limit;
    limit.rlim_cur = (rlim_t)take(&word, 10);
    limit.rlim_max = (rlim_t)take(&word, 10);
    return setrlimit(resource, &limit);
}

static int set_nice(const char *word) { return setpriority(PRIO_PROCESS, 0, (int)take(&word, 10)); }
static int set_umask(const char *word) { return umask((mode_t)take(&word, 8)), 0; }

/* N:PATH with N of 0, 1 and 2. */
static int open_as(const char *word, int flags) {
    int wanted = (int)take(&word, 10), fd = open(word, flags | O_NOCTTY, 0644);
    if (fd < 0) return -1;
    if (malformed || wanted < 0 || wanted > STDERR_FILENO) return errno = EINVAL, -1;
    if (dup2(fd, wanted) < 0) return -1;
    return fd == wanted ? 0 : close(fd);
}

/* Both ends: the program neither waits for a reader nor dies by SIGPIPE when the supervisor does. */
static int open_pipe(const char *word) { return open_as(word, O_RDWR); }
static int open_append(const char *word) { return open_as(word, O_WRONLY | O_CREAT | O_APPEND); }

/* N:M makes N a copy of M. */
static int copy_descriptor(const char *word) {
    int wanted = (int)take(&word, 10), source = (int)take(&word, 10);
    if (wanted > STDERR_FILENO || source > STDERR_FILENO) return errno = EINVAL, -1;
    return dup2(source, wanted) < 0 ? -1 : 0;
}

static void close_above_link(int fd) {
    if (fd > LINK && fd != listing) close(fd);
}

int close_rest(const char *none) {
    (void)none;
    if (syscall(CLOSE_RANGE, LINK + 1, ~0U, 0) != 0) each_number("/proc/self/fd", close_above_link);
    return 0;
}

/* LISTEN_FDS, for the leader alone: whoever started it put a LISTEN_PID in the environment to be filled in. */
static int take_socket(const char *path) {
    static char pid[32];
    if (status == LINK && (status = make_way(LINK)) < 0) return status = LINK, -1;
    snprintf(pid, sizeof pid, "LISTEN_PID=%d", getpid());
    for (char **variable = environ; *variable != NULL; variable++)
        if (strncmp(*variable, pid, strlen("LISTEN_PID=")) == 0) *variable = pid;
    return receive_listening(path);
}

static int set_groups(const char *word) {
    static gid_t groups[1024];
    size_t count = 0;
    while (*word != '\0' && count < COUNT(groups)) groups[count++] = (gid_t)take(&word, 10);
    return *word != '\0' ? (errno = EINVAL, -1) : setgroups(count, groups);
}

static int set_gid(const char *word) { return setgid((gid_t)take(&word, 10)); }
static int set_uid(const char *word) { return setuid((uid_t)take(&word, 10)); }

/* After setuid, which would clear it. A parent that died before this gives no signal, hence the look. */
static int die_with_parent(const char *word) {
    pid_t parent = (pid_t)take(&word, 10);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
    return getppid() == (reaper == 0 ? parent : reaper) ? 0 : (errno = ESRCH, -1);
}

void default_signals(void) {
    sigset_t all;
    sigfillset(&all);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
}

/* The order matters: what needs rights comes before the rights go, what the user must be able to do after. */
static const struct step {
    char option; /* taken for every `-option VALUE`; 0: always, once */
    const char *stage;
    int (*take)(const char *value);
} STEPS[] = {
    {0, "setpgid", lead_group},         {'g', "cgroup", join_cgroup},
    {'o', "oom_score_adj", prefer_score}, {'O', "oom_score_adj", require_score},
    {0, "oom_score_adj", tell_score},   {'r', "rlimit", set_limit},
    {'N', "nice", set_nice},            {'m', "umask", set_umask},
    {'p', "open", open_pipe},           {'a', "open", open_append},
    {'i', "open", receive_shared},      {'D', "open", copy_descriptor},
    {0, "open", close_rest},        {'l', "listen", take_socket},
    {'S', "setgroups", set_groups},     {'G', "setgid", set_gid},
    {'U', "setuid", set_uid},           {'P', "pdeathsig", die_with_parent},
    {'d', "chdir", chdir},
};

_Noreturn void fail(const char *stage, int reason) {
    dprintf(status, "%s %d\n", stage, reason);
    _exit(CANNOT);
}

static void take_step(const struct step *step, const char *value) {
    malformed = false;
    int result = step->take(value);
    if (malformed || result != 0) fail(step->stage, malformed ? EINVAL : errno);
}

/* The command after `--`; ends when an option is unknown or without a value, or no command is there. */
char **find_command(char **options) {
    for (; options[0] != NULL && strcmp(options[0], "--") != 0; options += 2) {
        bool known = options[0][0] == '-' && options[0][1] != '\0' && strchr("goOrNmpaiDlSGUPd", options[0][1]) != NULL;
        if (!known || options[0][2] != '\0' || options[1] == NULL) _exit(refuse("read option", options[0], EINVAL));
    }
    if (options[0] != NULL && options[1] != NULL && options[2] != NULL) return options + 1;
    _exit(refuse("find", "the program's command", EINVAL));
}

_Noreturn void become_program(char **options, char **command) {
    if (fcntl(LINK, F_SETFD, FD_CLOEXEC) != 0) status = STDERR_FILENO;
    for (const struct step *step = STEPS; step < STEPS + COUNT(STEPS); step++) {
        if (step->option == 0) take_step(step, NULL);
        for (char **option = options; option < command - 1; option += 2)
            if (option[0][1] == step->option) take_step(step, option[1]);
    }
    default_signals();
    execve(command[0], command + 1, environ);
    fail("exec", errno);
}
