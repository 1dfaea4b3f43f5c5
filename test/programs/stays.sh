#!/bin/sh
# Writes `leader PID` to the diary of its directory and stays until it is ended; TERM ends it.
echo "leader $$" >>diary
exec sleep 1000000
