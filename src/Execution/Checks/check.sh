# Makes the root directory of a check, runs its command there, and ends with its exit code. It runs as the first process of its own namespaces: when it ends, or is killed, the kernel
# kills whatever the command has left behind.
# What it is told stands in its environment, where the command cannot read it: the folder with the files, an empty folder that becomes the root, the command's user (0 where a user
# namespace makes it nobody), the word that says that all is made, the limits (bytes and entries of everything that is written, processes, bytes of one process's memory, open files), and
# the command.
set -eu
: "$files" "$root" "$user" "$ready" "$bytes" "$entries" "$processes" "$memory" "$open" "$command"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umask 022

# Where memory is short, this goes first.
echo 1000 > /proc/self/oom_score_adj
if [ "$user" = 0 ]; then
  # Of this namespace alone: the command cannot make one in which it would be allowed more.
  echo 0 > /proc/sys/user/max_user_namespaces
fi

mount -t tmpfs -o "size=$bytes,nr_inodes=$entries,mode=755,nosuid,nodev" tmpfs "$root"
mkdir "$root/dev" "$root/proc" "$root/etc" "$root/tmp" "$root/work"
chmod 1777 "$root/tmp"

# The system's programs, which nobody in here can change.
for folder in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$folder" ]; then
    cp -P "/$folder" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --rbind "/$folder" "$root/$folder"
  fi
done
while read -r _ _ _ _ point _; do
  case $point in
    "$root"/*) mount -o remount,bind,ro,nosuid,nodev "$point" ;;
  esac
done < /proc/self/mountinfo
for folder in usr bin sbin lib lib32 lib64 libx32; do
  if [ -w "$root/$folder" ]; then
    echo "/$folder can be written to" >&2
    exit 1
  fi
done
if [ -d /etc/alternatives ]; then
  cp -R -P /etc/alternatives "$root/etc/alternatives"
fi
if [ -f /etc/ld.so.cache ]; then
  cp /etc/ld.so.cache "$root/etc/ld.so.cache"
fi

for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
# Read-only, since some of the kernel's settings ask for no more than their owner's name; and without this process, whose arguments are none of the command's business.
mount -t proc -o ro,nosuid,nodev,noexec,hidepid=2 proc "$root/proc"
if command -v hostname > /dev/null; then
  hostname check
fi

cp -R -P "$files/." "$root/work"
if [ "$user" != 0 ]; then
  chown -R "$user:$user" "$root/work"
  change="--reuid=$user --regid=$user --clear-groups"
else
  change="--keep-groups"
fi

status=0
printf '%s\n' "$ready"
exec 2>&1
env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/tmp TMPDIR=/tmp LANG=C.UTF-8 TZ=UTC CI=true \
  prlimit --nproc="$processes" --data="$memory" --nofile="$open" --core=0 \
  "$(command -v chroot)" "$root" \
  setpriv $change --no-new-privs --inh-caps=-all --bounding-set=-all \
  /bin/sh -c 'cd /work && exec /bin/sh -c "$1"' sh "$command" < /dev/null || status=$?
exit "$status"
