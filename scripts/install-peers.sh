#!/usr/bin/env bash
# Installs what the end-to-end tests and the benchmark compare with: Debian's supervisor. Quiet, and never a failure:
# without it those tests are skipped by name.
set -u

if command -v supervisord >/dev/null; then
  echo "peers: supervisord $(supervisord --version) is here"
elif [ "$(id -u)" -ne 0 ]; then
  echo "peers: supervisord is missing and only root may install it: comparisons with it are skipped"
elif ! command -v apt-get >/dev/null; then
  echo "peers: supervisord is missing and there is no apt-get: comparisons with it are skipped"
else
  export DEBIAN_FRONTEND=noninteractive
  install() { timeout 120 apt-get install -y -q --no-install-recommends supervisor; }
  # The package starts a supervisord of its own where it can; a policy of 101 forbids that.
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made_policy=yes; }
  { install || { timeout 120 apt-get update -q && install; }; } >/dev/null 2>&1
  [ "${made_policy:-}" = yes ] && rm -f "$policy"
  if command -v supervisord >/dev/null; then
    echo "peers: installed supervisord $(supervisord --version)"
  else
    echo "peers: supervisord could not be installed (offline?): comparisons with it are skipped"
  fi
fi
exit 0
