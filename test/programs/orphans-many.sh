#!/bin/sh
# Leaves twenty orphans that end at once: somebody else has to reap them.
echo "leader $$" >>diary
i=0
while [ $i -lt 20 ]; do
  sh -c 'sh -c "exit 3" &'
  i=$((i + 1))
done
echo "twenty orphans" >tale
exec sleep 1000000
