/* What do guardian.c and channels.c need of each other? */

#ifndef GUARDIAN_H
#define GUARDIAN_H

#include <stdbool.h>

enum { LINK = 3, CANNOT = 125 };

/* Says on stderr what cannot be done; returns CANNOT. */
int refuse(const char *act, const char *object, int reason);

/* Takes a number off the front of *at, and the ':' or ',' behind it; `malformed` is set where there is none. */
long long take(const char **at, int base);
extern bool malformed;

/* A step of `exec`: N:PATH makes N the socket that the `guardian share` at PATH keeps. */
int receive_shared(const char *word);

int run_fifo(char **argv);
int run_widen(char **argv);
int run_peer(void);
int run_share(char **argv);

#endif
