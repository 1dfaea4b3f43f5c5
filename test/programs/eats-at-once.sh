#!/bin/sh
# The leader itself eats up to 400 MB in every life.
echo "leader $$" >>diary
exec tail /dev/zero >/dev/null
