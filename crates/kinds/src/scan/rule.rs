//! What a rule says about a secret: its shape, what it opens, and how to be rid of it.

use tidegate_core::meta::Severity;

/// One kind of key or password that can be told by its looks.
///
/// All a person is ever told about it is here, so that a rule is one entry in one slice.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its name in codes: `stripe-secret-key` becomes `secrets/stripe-secret-key`.
    pub(crate) slug: &'static str,
    /// What people call it, as in `Stripe secret key`; fits after "a" or "an".
    pub(crate) name: &'static str,
    /// Who issues it, as in `Stripe`.
    pub(crate) provider: &'static str,
    /// Whether it may be shown to everybody.
    pub(crate) class: Class,
    /// How bad it is when somebody else has it.
    pub(crate) severity: Severity,
    /// How it is written; any of them.
    pub(crate) shapes: &'static [Shape],
    /// What more must hold of a value that has the shape.
    pub(crate) test: Test,
    /// What its holder can do, in one or two plain sentences for a person who is no engineer.
    pub(crate) opens: &'static str,
    /// How to replace it, step by step, in the provider's own words for its pages and buttons.
    pub(crate) rotate: &'static [&'static str],
    /// Where it belongs instead, in one or two plain sentences.
    pub(crate) keep_out: &'static str,
    /// The provider's page about its format or its handling.
    pub(crate) reference: &'static str,
}

/// Whether a value may be shown to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    /// Public by design: it never blocks.
    Public,
    /// Public by design, and dangerous without restrictions that cannot be seen from here.
    Depends,
    /// For the owner's eyes only.
    Secret,
}

/// Which world a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mode {
    /// Real money, real data.
    Live,
    /// The provider's sandbox.
    Test,
    /// The key does not say.
    Unsaid,
}

/// How a secret is written.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A token that tells itself: its first part is a literal that nothing else begins with. The
    /// characters around it must not continue it.
    Token(&'static [Part]),
    /// A token that tells itself by a text within: `before` ends where `anchor` begins. The characters
    /// around it must not continue it; letters do not continue digits that `before` begins with.
    Around {
        /// What stands before the telling text, no longer than a few dozen characters.
        before: &'static [Part],
        /// The telling text.
        anchor: &'static str,
        /// What stands behind it.
        after: &'static [Part],
    },
    /// A value that only its name tells: the name holds `word` and one of `also` (any when empty),
    /// whatever its case and its separators, and the value is assigned to it.
    Named {
        /// The telling part of the name, in lowercase letters and digits, with `_` where a name may
        /// have `_`, `-` or nothing.
        word: &'static str,
        /// Other parts of the name, in lowercase letters and digits; one of them must be there.
        also: &'static [&'static str],
        /// What the value looks like; the whole value must.
        value: &'static [Part],
    },
    /// A JSON web token (RFC 7519) whose claims the rule's test looks at.
    Jwt,
    /// A private key in PEM (RFC 7468), its line breaks as they are or escaped.
    PrivateKey,
    /// A URL of one of these schemes with a password in it.
    UrlWithPassword(&'static [&'static str]),
    /// A name that a bundler hands to every visitor and that is named like a secret.
    PublicName,
}

/// A piece of a token.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// Just this text.
    Text(&'static str),
    /// One of these texts; a longer one stands before those it begins with.
    Either(&'static [&'static str]),
    /// Characters of a set, as many as there are; at least and at most so many.
    Run(Set, usize, usize),
    /// The parts once, or not at all.
    Maybe(&'static [Part]),
}

/// A set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    /// `0-9`
    Digits,
    /// `0-9a-f`
    LowerHex,
    /// `0-9a-fA-F`
    Hex,
    /// `a-z0-9`
    LowerAlnum,
    /// `A-Z0-9`
    UpperAlnum,
    /// `A-Za-z`
    Letters,
    /// `A-Za-z0-9`
    Alnum,
    /// `A-Za-z0-9_`
    Word,
    /// `A-Za-z0-9_-`: base64url (RFC 4648, 5).
    Base64Url,
    /// `A-Za-z0-9+/`: base64 (RFC 4648, 4) without padding.
    Base64,
    /// `A-Z2-7`: base32 (RFC 4648, 6).
    Base32,
    /// `A-Za-z0-9_.-`
    Dotted,
    /// `A-Za-z0-9_.=-`
    DottedEquals,
    /// `A-Za-z0-9+/_-`: base64 in either alphabet, without padding.
    AnyBase64,
    /// Letters, digits and `!#$%&*+=?@^_~-`: what makers of passwords choose from.
    Password,
    /// `A-Za-z0-9_.~-`: unreserved in a URL (RFC 3986, 2.3).
    Unreserved,
}

/// What more must hold of a value that has the shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    /// The shape is proof enough.
    Shape,
    /// It looks random: its Shannon entropy is at least so many hundredths of a bit a character, and
    /// it is no word, no counting and no repetition. Never alone: a shape or a name comes first.
    Random(u16),
    /// Its last six characters are the CRC-32 in base62 of those between them and the first `_`, as
    /// GitHub, npm and Vercel write them.
    Crc32Base62,
    /// Its last eight characters are the CRC-32 in hexadecimal of those between them and the first
    /// `_`, as Cloudflare writes them.
    Crc32Hex,
    /// A Supabase JWT with the role `service_role`.
    SupabaseServiceRole,
    /// A Supabase JWT with the role `anon`.
    SupabaseAnon,
    /// Any other signed JWT that does not say it is expired.
    OtherJwt,
    /// A Clerk publishable key: base64 of a host that ends in `$`.
    ClerkHost,
    /// A password that is none of the usual placeholders, behind a host that is not this machine.
    RemotePassword,
}

impl Rule {
    /// Which world a value of it belongs to, by its own words.
    pub(crate) fn mode(&self, value: &str) -> Mode {
        let head: String = value.chars().take(40).collect();
        let says = |word: &str| {
            head.split(['_', '-'])
                .any(|part| part.eq_ignore_ascii_case(word))
        };
        if says("live") || says("prod") {
            Mode::Live
        } else if says("test") || says("sandbox") || says("sdbx") || says("dev") {
            Mode::Test
        } else {
            Mode::Unsaid
        }
    }
}
