//! Forms that texts have.

/// A form that every text at a place has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A date (RFC 3339, `full-date`).
    Date,
    /// A date and time with its offset (RFC 3339, `date-time`).
    DateTime,
    /// An address with an `@`.
    Email,
    /// An absolute http or https address.
    Uri,
    /// A UUID (RFC 9562, 4).
    Uuid,
    /// One word in lower case, as codes such as a status are.
    LowerWord,
    /// One word in upper case.
    UpperWord,
}

impl Form {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Date, "date"),
        (Self::DateTime, "date-time"),
        (Self::Email, "email"),
        (Self::Uri, "uri"),
        (Self::Uuid, "uuid"),
        (Self::LowerWord, "lower-case-word"),
        (Self::UpperWord, "upper-case-word"),
    ];

    /// Its name in a snapshot.
    pub(super) fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(form, _)| *form == self)
            .map_or("", |(_, name)| name)
    }

    /// The form of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, known)| *known == name).map(|(form, _)| *form)
    }

    /// The form of a text, if it has one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let first = *bytes.first()?;
        if first.is_ascii_digit() && is_date(bytes) {
            return Some(Self::Date);
        }
        if first.is_ascii_digit() && is_date_time(bytes) {
            return Some(Self::DateTime);
        }
        if is_uuid(bytes) {
            return Some(Self::Uuid);
        }
        if is_web_address(text) {
            return Some(Self::Uri);
        }
        if is_email(text) {
            return Some(Self::Email);
        }
        word(bytes)
    }

    /// Whether it is a word of either case.
    pub(super) fn is_word(self) -> bool {
        matches!(self, Self::LowerWord | Self::UpperWord)
    }
}

/// Whether bytes follow a pattern in which `0` is any digit and the rest stands for itself.
fn follows(bytes: &[u8], pattern: &[u8]) -> bool {
    bytes.len() >= pattern.len()
        && bytes
            .iter()
            .zip(pattern)
            .all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                other => byte.eq_ignore_ascii_case(other),
            })
}

fn is_date(bytes: &[u8]) -> bool {
    bytes.len() == 10 && follows(bytes, b"0000-00-00") && in_year(bytes)
}

fn in_year(bytes: &[u8]) -> bool {
    let two = |at: usize| (bytes[at] - b'0') * 10 + bytes[at + 1] - b'0';
    (1..=12).contains(&two(5)) && (1..=31).contains(&two(8))
}

fn is_date_time(bytes: &[u8]) -> bool {
    if bytes.len() > 40 || !follows(bytes, b"0000-00-00T00:00:00") || !in_year(bytes) {
        return false;
    }
    let rest = &bytes[19..];
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
            &fraction[digits.count()..]
        }
        None => rest,
    };
    rest.eq_ignore_ascii_case(b"z")
        || (rest.len() == 6 && (follows(rest, b"+00:00") || follows(rest, b"-00:00")))
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_web_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

fn is_email(text: &str) -> bool {
    text.len() <= 254
        && text.split_once('@').is_some_and(|(local, host)| {
            let plain = |part: &str| {
                !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace())
            };
            plain(local) && plain(host) && host.contains('.')
        })
}

fn word(bytes: &[u8]) -> Option<Form> {
    let all = |letter: fn(&u8) -> bool| {
        letter(&bytes[0])
            && bytes
                .iter()
                .all(|byte| letter(byte) || matches!(byte, b'_' | b'-'))
    };
    if !(2..=32).contains(&bytes.len()) {
        None
    } else if all(u8::is_ascii_lowercase) {
        Some(Form::LowerWord)
    } else if all(u8::is_ascii_uppercase) {
        Some(Form::UpperWord)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_takes_its_own_texts_only() {
        let cases = [
            ("2026-11-26", Some(Form::Date)),
            ("2026-13-26", None),
            ("2026-11-26T07:01:00Z", Some(Form::DateTime)),
            ("2026-11-26T07:01:00.123+02:00", Some(Form::DateTime)),
            ("2026-11-26 07:01:00", None),
            ("2026-11-26T07:01:00", None),
            ("0191b5d2-7e1c-4f7a-9c3d-1a2b3c4d5e6f", Some(Form::Uuid)),
            ("0191b5d2-7e1c-4f7a-9c3d", None),
            ("anna@acme.example", Some(Form::Email)),
            ("anna at acme", None),
            ("https://acme.example/x?y=1", Some(Form::Uri)),
            ("https://", None),
            ("in-review", Some(Form::LowerWord)),
            ("IN_REVIEW", Some(Form::UpperWord)),
            ("In review", None),
            ("a", None),
            ("", None),
            ("ü@é", None),
        ];
        for (text, form) in cases {
            assert_eq!(Form::of(text), form, "{text}");
        }
    }
}
