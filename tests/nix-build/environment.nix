# All that a builder can find out about where it is. Left out is what is otherwise on purpose:
# - who owns files of the host: a builder of ours is a user of its own outside as well, not root;
# - the file system of `/` and `/tmp` (in memory, with a size), the modes of `/etc`'s files and of
#   the store directory (which is the builder's own);
# - what is hidden in `/proc`, and `/dev/kvm`, which nothing but a virtual machine needs;
# - the capabilities that a process might get (none), and the largest file (there is a limit);
# - for fixed outputs the network, which is a filtering proxy.
{ run }:
{
  plain = run "environment" {
    a = 1;
    list = [
      "x"
      "y"
    ];
    HOME = "/mine";
  } ''
    mkdir $out
    env | sort | grep -v ^SHLVL > $out/variables
    { id; umask; pwd; hostname; uname -s; } > $out/process
    ulimit -a | grep -v 'file size (blocks)  ' > $out/limits
    cat /etc/passwd /etc/group /etc/hosts > $out/etc
    echo /etc/* /etc/.* >> $out/etc
    for device in /dev/*; do stat -L -c '%F %t:%T %n' $device; done | grep -v -e kvm -e std > $out/devices
    # Our terminal has a name inside.
    ls -a /dev/pts /dev/shm | grep -vx 0 >> $out/devices
    ls -la / /build /tmp /bin /nix | awk '$9 != "store" && $9 != "nix" {print $1, $9}' > $out/directories
    ls /nix/store >> $out/directories
    awk '{print $2}' /proc/mounts | sort | grep -v -e ^/proc/ -e ^/tmp -e kvm > $out/mounts
    grep -E '^(NoNewPrivs|Seccomp:|Cap[IPEA]|Uid|Gid|Groups|SigBlk|SigIgn|Umask)' /proc/self/status > $out/status
    for link in fd/0 exe cwd; do readlink /proc/self/$link; done > $out/links
    for descriptor in 1 2; do test -t $descriptor; echo $?; done > $out/terminals
    (cd /proc/1/fd; echo *) > $out/descriptors
    cat /proc/self/personality > $out/personality
    echo $$ > $out/number
    awk '{print $1}' /proc/net/dev > $out/network
    tr '\0' '\n' < /proc/1/cmdline | head -n 1 > $out/called
    uname -m >> $out/called
  '';
  fixed = run "fixed-environment" {
    outputHashMode = "flat";
    outputHashAlgo = "sha256";
    outputHash = builtins.hashString "sha256" "";
  } ''
    env | sort | grep -v -i -e ^SHLVL -e _proxy
    cat /etc/passwd /etc/group
    exit 1
  '';
}
