#!/bin/sh
# A process that left its parent's session: no terminal, no process group and no parent leads to it any more.

trap '' HUP
while :; do sleep 1000000; done
