#!/bin/sh
# Builds what boot.sh boots, from Debian's packages alone: CACHE/vmlinuz and CACHE/root.img. Nothing but qemu and mmdebstrap
# is installed on this machine; the kernel package is unpacked, never installed. Needs root.
#
# usage: build.sh CACHE
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$1
mkdir -p "$cache"
log=$cache/build.log
trap '[ $? = 0 ] || tail -n 20 "$log" >&2' EXIT

{
  missing=
  for tool in qemu-system-x86_64 mmdebstrap mke2fs sfdisk; do
    command -v "$tool" || missing=yes
  done
  if [ -n "$missing" ] || [ ! -e "$cache/vmlinuz" ] || [ ! -e "$cache/root.img" ]; then apt-get update -q; fi
  if [ -n "$missing" ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
      qemu-system-x86 mmdebstrap e2fsprogs fdisk
  fi
} >"$log" 2>&1

# Debian's cloud kernel has NVMe and ext4 compiled in: neither modules nor an initramfs are needed.
if [ ! -e "$cache/vmlinuz" ]; then
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends:/ { print $2; exit }')
  (cd "$cache" && apt-get download -q "$package") >>"$log" 2>&1
  dpkg-deb --fsys-tarfile "$cache/$package"_*.deb | tar -xO --wildcards './boot/vmlinuz-*' >"$cache/vmlinuz.part"
  rm -f "$cache/$package"_*.deb
  mv "$cache/vmlinuz.part" "$cache/vmlinuz"
fi

if [ ! -e "$cache/root.img" ]; then
  root=$cache/root
  rm -rf "$root"
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mmdebstrap --mode=root --variant=minbase \
    --include=python3-minimal,supervisor,procps,util-linux,iproute2,systemd,libstdc++6 \
    --include=earlyoom,nohang,systemd-oomd,dbus --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$root" >>"$log" 2>&1
  cp -L "$(command -v node)" "$root/usr/bin/node"
  chroot "$root" /usr/bin/node --version >/dev/null
  install -m 755 "$here/guest/init.sh" "$root/guest-init"
  cat >"$root/etc/systemd/system/vm-job.service" <<'UNIT'
[Unit]
Requires=basic.target
After=basic.target
[Service]
ExecStart=/guest-init
OOMScoreAdjust=-1000
UNIT
  # One partition at 1 MiB, found by its id: the kernel probes disks in any order. Every boot works on a throw-away copy.
  image=$cache/root.img.part
  rm -f "$image"
  truncate -s 601M "$image"
  printf 'label: dos\nlabel-id: 0x74737673\nstart=2048, type=83\n' | sfdisk -q "$image"
  mke2fs -q -F -t ext4 -O ^has_journal -m 0 -E offset=1048576 -d "$root" "$image" 600M >>"$log" 2>&1
  rm -rf "$root"
  mv "$image" "$cache/root.img"
fi
