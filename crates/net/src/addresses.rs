//! Which addresses no request may reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Metadata services of clouds outside the link-local range: Alibaba, Oracle and Azure's wire server.
const METADATA_V4: &[Ipv4Addr] = &[
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// Metadata services of clouds over IPv6: AWS and Google.
const METADATA_V6: &[Ipv6Addr] = &[
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// Which addresses a request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Any but the forbidden ones: previews run on this machine and in private networks.
    Declared,
    /// Those of the public internet alone.
    Public,
}

impl Reach {
    /// Whether this address may be contacted.
    pub(crate) fn covers(self, address: IpAddr) -> bool {
        !forbidden(address) && (self == Self::Declared || public(address))
    }
}

/// Whether an address is one that no check may reach: unspecified, link-local, multicast,
/// broadcast or a cloud's metadata service, also when an IPv6 address carries it.
///
/// Loopback and private addresses are fine: previews run there.
fn forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => forbidden_v4(address),
        IpAddr::V6(address) => forbidden_v6(address) || carried(address).is_some_and(forbidden_v4),
    }
}

fn forbidden_v4(address: Ipv4Addr) -> bool {
    // All of 0.0.0.0/8 means "this host" (RFC 1122, 3.2.1.3).
    address.octets()[0] == 0
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || METADATA_V4.contains(&address)
}

fn forbidden_v6(address: Ipv6Addr) -> bool {
    address.is_unspecified()
        || address.is_unicast_link_local()
        || address.is_multicast()
        || METADATA_V6.contains(&address)
}

/// Whether an address is one of the public internet (IANA special-purpose address registries).
fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => public_v4(address),
        IpAddr::V6(address) => match carried(address) {
            Some(carried) => public_v4(carried),
            None => public_v6(address),
        },
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // Shared by the customers of a carrier (RFC 6598).
        [100, 64..=127, ..] => true,
        // Protocol assignments (RFC 6890) and benchmarks (RFC 2544).
        [192, 0, 0, _] | [198, 18..=19, ..] => true,
        // Reserved (RFC 1112, 4).
        [240..=255, ..] => true,
        _ => false,
    };
    !(special || address.is_loopback() || address.is_private() || address.is_documentation())
}

fn public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Global unicast (RFC 4291, 2.4) without protocol assignments (RFC 2928), among them Teredo, and
    // documentation (RFC 3849, RFC 9637).
    let global = first & 0xe000 == 0x2000;
    let special = (first == 0x2001 && (second < 0x200 || second == 0xdb8)) || first == 0x3fff;
    global && !special
}

/// The IPv4 address inside an IPv6 one: mapped and compatible (RFC 4291, 2.5.5), NAT64 (RFC 6052)
/// and 6to4 (RFC 3056).
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let joined = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(joined(high, low))
        }
        [0x2002, high, low, ..] => Some(joined(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn metadata_link_local_unspecified_and_multicast_are_forbidden() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "fe80::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(forbidden(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn loopback_private_and_public_addresses_are_fine() {
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.1",
            "93.184.215.14",
            "::1",
            "::ffff:127.0.0.1",
            "fd00::1",
            "2606:4700::1111",
        ] {
            assert!(!forbidden(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_provider_is_not_looked_for_on_this_machine_or_in_private_networks() {
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "240.0.0.1",
            "169.254.169.254",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "fd00::1",
            "fe80::1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
        ] {
            assert!(!Reach::Public.covers(address.parse().unwrap()), "{address}");
        }
        for address in ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"] {
            assert!(Reach::Public.covers(address.parse().unwrap()), "{address}");
        }
        assert!(Reach::Declared.covers("127.0.0.1".parse().unwrap()));
        assert!(!Reach::Declared.covers("169.254.169.254".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn an_address_is_as_forbidden_inside_ipv6_as_by_itself(bits: u32) {
            let address = Ipv4Addr::from(bits);
            prop_assert_eq!(
                forbidden(address.into()),
                forbidden(address.to_ipv6_mapped().into())
            );
        }
    }
}
