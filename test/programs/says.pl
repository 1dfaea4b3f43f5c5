# Says each argument by sd_notify, `\n` being a line's end; `xN:TEXT` says it N times, `stay` stays, `sleep:N` waits N seconds, `fork` goes on as an orphan of a session of its own.
use strict; use warnings; use Socket; use POSIX 'setsid';
my $name = $ENV{NOTIFY_SOCKET};
$name =~ s/^@/\0/;
my $to = pack_sockaddr_un($name);
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
for my $word (@ARGV) {
    if ($word eq 'stay') { sleep 1000 }
    elsif ($word eq 'fork') {
        exit if fork;
        setsid();
        my $parent = $$;
        exit if fork;
        select(undef, undef, undef, 0.01) while getppid() == $parent;
    }
    elsif ($word =~ /^sleep:(.*)/) { select(undef, undef, undef, $1) }
    else {
        my ($times, $text) = $word =~ /^x(\d+):(.*)/s ? ($1, $2) : (1, $word);
        $text =~ s/\\n/\n/g;
        send($socket, $text, 0, $to) // die "send: $!" for 1 .. $times;
    }
}
