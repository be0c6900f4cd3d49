# PID 1 of a node until systemd takes its place: makes the node's root out of its layers.
# Arguments: directory of the node, layers below, directory of its Orama home. Already in
# namespaces of its own, so every mount here is the node's and ends with it.
set -e
node=$1 lower=$2 home=$3
mount --make-rprivate /
root=$node/root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$node/upper,workdir=$node/work" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm dev/net
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 net/tun:10:200; do
  IFS=: read -r file major minor <<<"$device"
  mknod -m 666 "dev/$file" c "$major" "$minor"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
if [ -d "$home" ]; then
  mkdir -p opt/orama/.orama
  mount --bind "$home" opt/orama/.orama
fi
# The machine's load and memory are not the node's: a node has figures of its own (services/figures.py).
for figure in "$node"/figures/*; do
  [ ! -f "$figure" ] || mount --bind "$figure" "proc/${figure##*/}"
done
mkdir -p .old
pivot_root . .old
hash -r
umount -l /.old
rmdir /.old
mount --make-rshared /
exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
  /lib/systemd/systemd --log-target=journal systemd.unit=multi-user.target
