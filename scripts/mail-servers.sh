#!/usr/bin/env bash
# A real IMAP server (Dovecot) and a real mail exchanger (Exim) for tests, with a certificate authority of their own.
#
#   scripts/mail-servers.sh DIR IMAP IMAPS SMTP SMTPS [ADDRESS…]
#
# DIR is made; the four are free ports of 127.0.0.1; every ADDRESS gets a mailbox under DIR/mail. Prints `ready` once both
# servers answer and stops them when its standard input ends, so that they never outlive whoever started them.
# All passwords are `secret`; DIR/ca.pem is the authority. Needs no root: as root, the servers run as `nobody`.
#
# Mail to any address of cloudmanager.test goes to support@cloudmanager.test; to `unknown…@…` is refused for good, to
# `later…@…` for now; to any address of a domain whose `all@…` is among the addresses goes there; to an address without a mailbox lands in DIR/mail/others.
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
imap=$2 imaps=$3 smtp=$4 smtps=$5
shift 5
cd "$dir"
# Mail programs live in /usr/sbin, which is not on everybody's path.
PATH=$PATH:/usr/sbin

user=$(id -un) group=$(id -gn)
as=()
if [ "$(id -u)" -eq 0 ]; then
  user=nobody group=$(id -gn nobody)
  as=(setpriv "--reuid=$user" "--regid=$group" --clear-groups --)
fi

mkdir -p run state exim mail/others mail/support@cloudmanager.test
for address in "$@"; do mkdir -p "mail/$address"; done

make_certificates() {
  local curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  openssl req -x509 "${curve[@]}" -days 2 -subj '/CN=Test authority' -keyout ca.key -out ca.pem
  openssl req "${curve[@]}" -subj '/CN=localhost' -keyout key.pem -out request.pem
  openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -set_serial 1 -days 2 -out cert.pem \
    -extfile <(printf 'subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n')
}
make_certificates 2>openssl.log || { cat openssl.log >&2; exit 1; }

cat >dovecot.conf <<END
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <$dir/cert.pem
ssl_key = <$dir/key.pem
default_internal_user = $user
default_login_user = $user
default_internal_group = $group
first_valid_uid = 1
auth_username_format = %Lu
auth_failure_delay = 0
mail_location = maildir:$dir/mail/%u/Maildir
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$dir/mail/%u
}
namespace inbox {
  inbox = yes
  mailbox Done {
    auto = create
  }
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
END

cat >exim.conf <<END
primary_hostname = mx.cloudmanager.test
spool_directory = $dir/exim
log_file_path = $dir/exim/%s.log
pid_file_path = $dir/exim/pid
exim_user = $user
exim_group = $group
deliver_drop_privilege
local_interfaces = 127.0.0.1
disable_ipv6
daemon_smtp_ports = $smtp : $smtps
tls_on_connect_ports = $smtps
tls_certificate = $dir/cert.pem
tls_privatekey = $dir/key.pem
tls_advertise_hosts = *
auth_advertise_hosts = \${if eq{\$tls_in_cipher}{}{}{*}}
# Delivered at once, however many mails came before it on the same connection.
smtp_accept_queue_per_connection = 0
keep_environment =
acl_smtp_mail = check_sender
acl_smtp_rcpt = check_recipient
acl_smtp_data = accept
begin acl
check_sender:
  deny !authenticated = *
       message = 5.7.0 Authentication required
  accept
check_recipient:
  defer local_parts = ^later
        message = 4.7.1 Greylisted, come back later
  deny !verify = recipient
       message = 5.1.1 No such user here
  accept
begin routers
unknown:
  driver = redirect
  local_parts = ^unknown
  allow_fail
  data = :fail: No such user here
support:
  driver = accept
  domains = cloudmanager.test
  address_data = support@cloudmanager.test
  transport = maildir
person:
  driver = accept
  address_data = \${lookup{\${lc:\$local_part@\$domain}}dsearch,filter=dir{$dir/mail}{\$value}fail}
  transport = maildir
domain:
  driver = accept
  address_data = \${lookup{all@\${lc:\$domain}}dsearch,filter=dir{$dir/mail}{\$value}fail}
  transport = maildir
others:
  driver = accept
  address_data = others
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = $dir/mail/\$address_data/Maildir
  maildir_format
  delivery_date_add
  envelope_to_add
  return_path_add
  user = $user
  group = $group
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{\$auth3}{secret}}
  server_set_id = \$auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if eq{\$auth2}{secret}}
  server_set_id = \$auth1
END
chmod 755 .
[ ${#as[@]} -eq 0 ] || chown -R "$user:$group" .

# Each in a process group of its own, which also holds the processes that serve open connections.
set -m
"${as[@]}" dovecot -F -c "$dir/dovecot.conf" >dovecot.out 2>&1 &
dovecot=$!
"${as[@]}" exim4 -C "$dir/exim.conf" -bdf >exim.out 2>&1 &
exim=$!
set +m
stop() {
  kill -- -$dovecot -$exim
  wait
  # Exim's processes of open connections outlive it.
  kill -KILL -- -$dovecot -$exim
}
trap 'stop 2>/dev/null || true' EXIT
trap 'exit 143' TERM INT

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for port in "$imap" "$imaps" "$smtp" "$smtps"; do
  until answers "$port"; do
    if ! kill -0 $dovecot 2>/dev/null || ! kill -0 $exim 2>/dev/null; then
      cat dovecot.out dovecot.log exim.out exim/*.log >&2 2>/dev/null || true
      exit 1
    fi
    sleep 0.05
  done
done
echo ready
cat >/dev/null
