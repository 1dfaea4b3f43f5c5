#!/bin/sh
# A leader and the five kinds of members it can have. Each writes `NAME PID` to the diary of the directory and stays.
#   child: same group    session: a session of its own    orphan: double fork, same session
#   daemon: double fork and a session of its own          ghost: a daemon without environment
stays='echo "$0 $$" >>diary; exec sleep 1000000'
sh -c "$stays" child &
setsid sh -c "$stays" session &
(sh -c "$stays" orphan &)
(setsid sh -c "$stays" daemon &)
(setsid env -i /bin/sh -c "$stays" ghost &)
echo "leader $$" >>diary
exec sleep 1000000
