//! Where the product may connect to when somebody else chose the address: an issuer of identities, the target of a webhook. What
//! only machines of the installation can reach must not be reached on a stranger's behalf (server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Networks of IPv4 that lead to no public host (IANA special-purpose registry, RFC 6890), as address and prefix length.
const CLOSED_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Here cloud providers keep their metadata.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Networks within 2000::/3 that lead to no public host: IETF assignments with Teredo, documentation, 6to4.
const CLOSED_V6: [([u16; 2], u32); 4] = [
    ([0x2001, 0], 23),
    ([0x2001, 0x0db8], 32),
    ([0x2002, 0], 16),
    ([0x3fff, 0], 20),
];

/// Whether this is the address of a public host. Addresses that carry one of IPv4 (mapped, NAT64) are judged by it.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let bits = ip.to_bits();
    !CLOSED_V4
        .iter()
        .any(|(network, length)| (bits ^ u32::from_be_bytes(*network)) >> (32 - length) == 0)
}

fn public_v6(ip: Ipv6Addr) -> bool {
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return public_v4(mapped);
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    // NAT64 (RFC 6052): how networks without IPv4 reach it.
    if [a, b, c, d, e, f] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return public_v4(Ipv4Addr::from_bits(u32::from(g) << 16 | u32::from(h)));
    }
    let first = u32::from(a) << 16 | u32::from(b);
    let closed =
        |([x, y], length): &([u16; 2], u32)| (first ^ (u32::from(*x) << 16 | u32::from(*y))) >> (32 - length) == 0;
    a & 0xe000 == 0x2000 && !CLOSED_V6.iter().any(closed)
}

/// Whether the addresses that a name has may be connected to. One that is not public spoils all: such a name is made to lead
/// elsewhere at the second look.
#[must_use]
pub fn may_connect(addresses: &[IpAddr], loopback: bool) -> bool {
    let allowed = |ip: &IpAddr| is_public(*ip) || (loopback && is_loopback(*ip));
    !addresses.is_empty() && addresses.iter().all(allowed)
}

/// Whether this address may be called, as far as can be told without asking the DNS; `loopback` adds this very machine, without TLS too.
///
/// # Errors
/// Why not, as the end of a sentence.
pub fn check(url: &Url, loopback: bool) -> Result<(), &'static str> {
    let this_machine = check_host(url, loopback)?;
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback && this_machine => Ok(()),
        _ => Err("it does not begin with https://"),
    }
}

/// The same for what is read and believed by nobody, such as a picture: it may come without TLS too.
///
/// # Errors
/// Why not, as the end of a sentence.
pub fn check_plain(url: &Url, loopback: bool) -> Result<(), &'static str> {
    check_host(url, loopback)?;
    match url.scheme() {
        "https" | "http" => Ok(()),
        _ => Err("it is no address of the web"),
    }
}

/// Whether the host may be called; says whether it is this very machine by name.
fn check_host(url: &Url, loopback: bool) -> Result<bool, &'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user or a password");
    }
    let literal = match url.host() {
        None => return Err("it names no host"),
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        Some(Host::Domain(_)) => None,
    };
    if literal.is_some_and(|ip| !may_connect(&[ip], loopback)) {
        return Err("its host is not public");
    }
    Ok(literal.map_or(url.host_str() == Some("localhost"), is_loopback))
}

/// The machine itself.
#[must_use]
pub const fn is_loopback(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn hosts_of_the_internet_are_public() {
        for ip in [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "11.0.0.1",
            "223.255.255.255",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "2a00:1450:4007::200e",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(public(ip), "{ip}");
        }
    }

    #[test]
    fn what_only_the_installation_reaches_is_not() {
        for ip in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "169.254.170.2",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "192.88.99.1",
            "::",
            "::1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "100::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::8.8.8.8",
            "2001:db8::1",
            "2001::1",
            "2001:1ff::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
        ] {
            assert!(!public(ip), "{ip}");
        }
    }

    #[test]
    fn what_nobody_believes_may_come_without_tls_and_from_public_hosts_alone() {
        let may = |text: &str| check_plain(&Url::parse(text).unwrap(), false).is_ok();
        assert!(may("http://example.com/a.png") && may("https://8.8.8.8/a.png"));
        assert!(check(&Url::parse("http://example.com/a.png").unwrap(), false).is_err());
        for inside in [
            "http://127.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://0x7f.1/",
            "http://user@example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
        ] {
            assert!(!may(inside), "{inside}");
        }
    }

    #[test]
    fn a_name_is_as_good_as_its_worst_address() {
        let ips = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        assert!(may_connect(&ips(&["8.8.8.8", "2606:4700::1111"]), false));
        assert!(!may_connect(&ips(&["8.8.8.8", "10.0.0.1"]), false));
        assert!(!may_connect(&[], true));
        assert!(!may_connect(&ips(&["127.0.0.1"]), false));
        assert!(may_connect(&ips(&["127.0.0.1", "::1"]), true));
        assert!(!may_connect(&ips(&["127.0.0.1", "192.168.0.1"]), true));
        assert!(!may_connect(&ips(&["::ffff:127.0.0.1"]), true));
    }
}
