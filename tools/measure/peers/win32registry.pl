# Lists the certificates of a SOFTWARE hive with Parse::Win32Registry: the SHA-1 of each, a line each.
use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use Parse::Win32Registry;

my $root = Parse::Win32Registry->new($ARGV[0])->get_root_key;
for my $path ('Microsoft\SystemCertificates', 'Policies\Microsoft\SystemCertificates',
              'Microsoft\EnterpriseCertificates') {
    my $stores = $root->get_subkey($path) or next;
    for my $store ($stores->get_list_of_subkeys) {
        my $certificates = $store->get_subkey('Certificates') or next;
        for my $key ($certificates->get_list_of_subkeys) {
            my $value = $key->get_value('Blob') or next;
            my $blob = $value->get_raw_data;
            for (my $at = 0; $at + 12 <= length $blob;) {
                my ($id, undef, $len) = unpack 'VVV', substr $blob, $at, 12;
                print sha1_hex(substr $blob, $at + 12, $len), "\n" if $id == 32;
                $at += 12 + $len;
            }
        }
    }
}
