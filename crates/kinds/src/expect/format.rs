//! Texts of a known form.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A form a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A date, or a date and time (ISO 8601, as RFC 3339 and the calendar part of RFC 9557 narrow it).
    Date,
    /// A UUID in its hyphenated form (RFC 9562, 4).
    Uuid,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address (RFC 4291, 2.2).
    Ipv6,
}

impl Format {
    /// What such a text is, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Date => "an ISO 8601 date",
            Self::Uuid => "a UUID",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
        }
    }

    /// Whether a text has the form.
    pub(crate) fn fits(self, text: &str) -> bool {
        match self {
            Self::Date => is_date(text),
            Self::Uuid => is_uuid(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
        }
    }
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<jiff::civil::Date>().is_ok()
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut groups = text.split('-');
    lengths.iter().all(|length| {
        groups.next().is_some_and(|group| {
            group.len() == *length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }) && groups.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_takes_its_own_texts_only() {
        let cases = [
            (Format::Date, "2026-11-23T10:00:00Z", "23.11.2026"),
            (Format::Date, "2026-11-23T10:00:00.123+02:00", "2026-13-01"),
            (Format::Date, "2026-11-23", "soon"),
            (
                Format::Uuid,
                "0191b5d2-7e1c-4f7a-9c3d-1a2b3c4d5e6f",
                "0191b5d2-7e1c-4f7a-9c3d",
            ),
            (
                Format::Uuid,
                "0191B5D2-7E1C-4F7A-9C3D-1A2B3C4D5E6F",
                "g191b5d2-7e1c-4f7a-9c3d-1a2b3c4d5e6f",
            ),
            (Format::Ipv4, "192.0.2.1", "192.0.2.256"),
            (Format::Ipv6, "2001:db8::1", "192.0.2.1"),
        ];
        for (format, good, bad) in cases {
            assert!(format.fits(good), "{good}");
            assert!(!format.fits(bad), "{bad}");
        }
    }
}
