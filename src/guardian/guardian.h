/* What do the C files need of each other? */

#ifndef GUARDIAN_H
#define GUARDIAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { LINK = 3, CANNOT = 125, NOT_FOUND = 127 };
/* The same numbers on x64 and arm64; older C libraries have no names for them. */
enum { PIDFD_SEND_SIGNAL = 424, PIDFD_OPEN = 434, CLOSE_RANGE = 436, LOCK_ON_FAULT = 4 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Says on stderr what cannot be done; returns CANNOT. */
int refuse(const char *act, const char *object, int reason);

/* Takes a number off the front of *at, and the ':' or ',' behind it; `malformed` is set where there is none. */
long long take(const char **at, int base);
extern bool malformed;

/* The bytes of a kernel file with a NUL behind them; how many, or -1. */
ssize_t read_to_end(int fd, char *bytes, size_t size);
ssize_t read_file(const char *path, char *bytes, size_t size);
int write_file(const char *path, const char *word);
/* Calls back for every entry of a kernel directory whose name is a number. */
void each_number(const char *directory, void (*visit)(int number));
/* The descriptor that it reads from. */
extern int listing;

int read_score(void);
int write_score(int score);
/* Sets the score, or the nearest one above it that the kernel allows; 0 or the errno of the refusal. */
int lower_score(int wanted);

/* What /proc/PID/stat says of a process. */
struct row {
    char state;
    pid_t parent;
    long long tick;
};
bool read_row(pid_t pid, struct row *row);

/* The command after `--`; ends when an option is unknown or without a value, or no command is there. */
char **find_command(char **options);
/* Takes the steps of `exec`, then is the program. */
_Noreturn void become_program(char **options, char **command);
/* Says on the link that a step failed. */
_Noreturn void fail(const char *stage, int reason);
int close_rest(const char *none);
void default_signals(void);
/* 0 unless the program's parent is a reaper. */
extern pid_t reaper;

/* A step of `exec`: PATH is where a `guardian share` keeps a socket; they become the descriptors from 3 on, in the order of the steps. */
int receive_listening(const char *path);
/* Moves the pipe of the steps, whose descriptor is told, out of the way of those sockets. */
int make_way(int status);

/* A step of `exec`: N:PATH makes N the socket that the `guardian share` at PATH keeps. */
int receive_shared(const char *word);

int run_fifo(char **argv);
int run_widen(char **argv);
int run_peer(void);
int run_xattr(char **argv);
int run_share(char **argv);
int run_notify(char **argv);

/* Looks for a service manager in the environment, and takes what it said out of it. */
void find_manager(void);
bool has_manager(void);
/* Microseconds within which the service manager wants to hear that all is well; 0: it does not. */
long long watchdog_time(void);
/* One message of sd_notify(3). */
void notify(const char *text);
/* Says that all is well; nanoseconds until it must be said again. */
int64_t feed_watchdog(void);

/* A new supervisor is about to speak on `socket`; SIGIO tells when, where somebody waits for its words. */
void expect_words(int socket);
/* Takes in what it has said; true once it has said that it is ready. */
bool hear(int socket);
/* It had begun to end, by what has been heard. */
bool is_ending(void);

int run_begin(char **argv);

#endif
