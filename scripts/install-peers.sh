#!/usr/bin/env bash
# Installs what the end-to-end tests and the benchmark ask of other programs: Debian's supervisor to compare with, promtool
# (prometheus) to read the metrics, chromium to look at the pages, tmux to look at the terminal, systemd-analyze to judge
# units, Ansible with its module supervisorctl, mandoc to read the man pages, and what the package's guardians are built and tried with: musl, a compiler for
# arm64, qemu, busybox. Quiet, and never a failure: without one of them its tests are skipped by name.
set -u
export DEBIAN_FRONTEND=noninteractive

# Packages start daemons of their own where they can; a policy of 101 forbids that.
policy=/usr/sbin/policy-rc.d
made_policy=no
updated=no

install() { timeout 300 apt-get install -y -q --no-install-recommends "$1" >/dev/null 2>&1; }
update() {
  [ "$updated" = yes ] && return 1
  updated=yes
  timeout 120 apt-get update -q >/dev/null 2>&1
}

# peer COMMAND PACKAGE
peer() {
  if command -v "$1" >/dev/null; then
    echo "peers: $1 is here"
  elif [ "$(id -u)" -ne 0 ]; then
    echo "peers: $1 is missing and only root may install it: tests that need it are skipped"
  elif ! command -v apt-get >/dev/null; then
    echo "peers: $1 is missing and there is no apt-get: tests that need it are skipped"
  else
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made_policy=yes; }
    install "$2" || { update && install "$2"; }
    if command -v "$1" >/dev/null; then
      echo "peers: installed $1"
    else
      echo "peers: $1 could not be installed (offline?): tests that need it are skipped"
    fi
  fi
}

# Debian's package `ansible` is 260 MB of collections: the one module that is asked is taken out of it.
collections=/usr/share/ansible/collections
module=ansible_collections/community/general/plugins/modules/supervisorctl.py
ansible_module() {
  peer ansible ansible-core
  command -v ansible >/dev/null || return
  for place in "$collections" /usr/lib/python3/dist-packages; do
    [ -e "$place/$module" ] && echo "peers: Ansible's supervisorctl is here" && return
  done
  [ "$(id -u)" -eq 0 ] || return
  folder=$(mktemp -d)
  (
    cd "$folder" && timeout 100 apt-get download -q ansible >/dev/null 2>&1 && mkdir -p "$collections" &&
      dpkg-deb --fsys-tarfile ansible_*.deb | tar x -C "$collections" --strip-components=5 --wildcards \
        "*/$module" '*/community/general/MANIFEST.json' '*/community/general/plugins/doc_fragments/attributes.py'
  ) >/dev/null 2>&1
  rm -rf "$folder"
  if [ -e "$collections/$module" ]; then
    echo "peers: installed Ansible's supervisorctl"
  else
    echo "peers: Ansible's supervisorctl could not be installed (offline?): tests that need it are skipped"
  fi
}

# The other architecture's C library in its place in Debian, without making this a machine of two architectures.
musl_arm64() {
  [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || return
  [ -e /usr/lib/aarch64-linux-musl/musl-gcc.specs ] && echo "peers: musl for arm64 is here" && return
  [ "$(id -u)" -eq 0 ] || return
  folder=$(mktemp -d)
  (
    cd "$folder" && mkdir -p lists/partial
    foreign() {
      timeout 120 apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::lists="$folder/lists" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
    }
    foreign update && foreign download musl-dev && dpkg-deb --fsys-tarfile musl-dev_*.deb |
      tar x -C / --no-overwrite-dir ./usr/lib/aarch64-linux-musl ./usr/include/aarch64-linux-musl
  ) >/dev/null 2>&1
  rm -rf "$folder"
  if [ -e /usr/lib/aarch64-linux-musl/musl-gcc.specs ]; then
    echo "peers: installed musl for arm64"
  else
    echo "peers: musl for arm64 could not be installed (offline?): tests that need it are skipped"
  fi
}

peer supervisord supervisor
peer promtool prometheus
peer chromium chromium
peer tmux tmux
peer mandoc mandoc
peer musl-gcc musl-tools
peer aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
peer qemu-aarch64-static qemu-user-static
peer busybox busybox-static
musl_arm64
peer systemd-analyze systemd
ansible_module
[ "$made_policy" = yes ] && rm -f "$policy"
exit 0
