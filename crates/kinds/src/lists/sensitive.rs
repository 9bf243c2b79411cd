//! Fields that no client may see, told by their name together with their value.

use tidegate_core::meta::{Confidence, Severity};

use super::numbers;
use crate::naming::words;
use crate::scan;
use crate::scan::rule::Class;

/// The beginnings of stored passwords, as the libraries that make them write them.
const HASHES: &[&str] = &[
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$scrypt$",
    "$pbkdf2",
    "pbkdf2_sha",
    "pbkdf2:sha",
    "scrypt:",
    "bcrypt$",
    "argon2$",
    "bcrypt_sha256$",
    "{SSHA}",
    "{SHA}",
    "$1$",
    "$5$",
    "$6$",
    "$7$",
    "$y$",
];

/// The shortest text that is a stored password by its beginning.
const SHORTEST_HASH: usize = 20;

/// Words for a password.
const PASSWORDS: &[&str] = &["password", "passwd", "pwd", "passphrase", "passcode"];

/// Words that make a stored password of one.
const HASHED: &[&str] = &[
    "hash",
    "hashed",
    "digest",
    "encrypted",
    "crypt",
    "bcrypt",
    "argon2",
];

/// Words before `key` that make it one to keep.
const KEYS: &[&str] = &[
    "api",
    "private",
    "secret",
    "access",
    "signing",
    "encryption",
    "service",
];

/// Words that say that a key or token is made to be shown, or is no credential.
const SHOWN: &[&str] = &[
    "public",
    "publishable",
    "anon",
    "csrf",
    "xsrf",
    "page",
    "next",
    "previous",
    "prev",
    "continuation",
    "cursor",
    "sync",
    "type",
    "share",
    "sharing",
    "design",
];

/// Words before `code` that make it a credential.
const CODES: &[&str] = &[
    "recovery",
    "backup",
    "reset",
    "verification",
    "otp",
    "totp",
    "mfa",
];

/// Words of second factors.
const FACTORS: &[&str] = &["mfa", "otp", "totp", "factor", "authenticator"];

/// Words of notes that are not meant for clients.
const INSIDERS: &[&str] = &["internal", "staff", "admin", "moderator"];

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// A password as it is typed.
    Password,
    /// A stored password.
    PasswordHash,
    /// A secret that others share with the portal.
    Secret,
    /// A key.
    Key,
    /// A token that lets its bearer in.
    Token,
    /// The secret or a code of a second factor or a reset.
    Code,
    /// The number or the security code of a card.
    Card,
    /// A number that a state knows a person by.
    PersonalNumber,
    /// What stored passwords are salted with.
    Salt,
    /// A bank account.
    Iban,
    /// Notes among colleagues.
    Notes,
    /// The gate file says so.
    Declared,
}

impl Sort {
    /// What it is, with an article.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Password => "a password",
            Self::PasswordHash => "a stored password",
            Self::Secret => "a secret",
            Self::Key => "a private key or API key",
            Self::Token => "a token that lets its bearer in",
            Self::Code => "a code of a second factor or a reset",
            Self::Card => "data of a payment card",
            Self::PersonalNumber => "a personal number",
            Self::Salt => "the salt of a stored password",
            Self::Iban => "a bank account",
            Self::Notes => "internal notes",
            Self::Declared => "a field that the gate file calls sensitive",
        }
    }

    /// How bad it is that a client sees it.
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Password
            | Self::PasswordHash
            | Self::Secret
            | Self::Key
            | Self::Token
            | Self::Code
            | Self::Card => Severity::Critical,
            Self::PersonalNumber | Self::Salt | Self::Declared => Severity::High,
            Self::Iban | Self::Notes => Severity::Medium,
        }
    }

    /// How sure it is.
    pub(super) fn confidence(self) -> Confidence {
        match self {
            Self::PasswordHash | Self::Card | Self::Declared => Confidence::High,
            _ => Confidence::Medium,
        }
    }
}

/// What a text or number under a name is; nothing when it may be shown.
pub(super) fn sort(name: &str, text: &str, is_text: bool) -> Option<Sort> {
    let text = text.trim();
    if text.is_empty() || is_masked(text) {
        return None;
    }
    let words = words(name);
    by_number(&words, text)
        .or_else(|| (is_text && !is_label(name, text)).then(|| by_text(&words, text))?)
}

fn by_number(words: &[String], text: &str) -> Option<Sort> {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let ends = |wanted: &[&str]| {
        words
            .last()
            .is_some_and(|last| wanted.contains(&last.as_str()))
    };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let security_code =
        ends(&["cvv", "cvc", "cvv2", "cvc2"]) && text.len() == digits && (3..=4).contains(&digits);
    let in_card = has(&["card", "pan", "cc", "creditcard", "cardnumber"]);
    if security_code || numbers::is_card(text, in_card) {
        return Some(Sort::Card);
    }
    let national =
        has(&["ssn"]) || (has(&["social", "national"]) && has(&["security", "insurance"]));
    if national && (8..=11).contains(&digits) && text.len() <= 14 {
        return Some(Sort::PersonalNumber);
    }
    let bank = has(&["iban", "bank", "account"]);
    if numbers::is_iban(text, bank) {
        return Some(Sort::Iban);
    }
    let code = ends(&["code", "codes"]) && has(CODES) || ends(&["otp", "totp"]);
    (code && (4..=64).contains(&text.len()) && !text.contains(' ')).then_some(Sort::Code)
}

fn by_text(words: &[String], text: &str) -> Option<Sort> {
    if is_hash(text) {
        return Some(Sort::PasswordHash);
    }
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let ends = |wanted: &[&str]| {
        words
            .last()
            .is_some_and(|last| wanted.contains(&last.as_str()))
    };
    let before_last = words.len().checked_sub(2).and_then(|at| words.get(at));
    if ends(&[
        "note", "notes", "comment", "comments", "remark", "remarks", "memo",
    ]) && has(INSIDERS)
    {
        return Some(Sort::Notes);
    }
    let is_address = text.contains("://") || text.starts_with('/');
    if text.contains(char::is_whitespace) || is_address {
        return None;
    }
    let long = |least: usize| text.len() >= least;
    if has(PASSWORDS) && has(HASHED) && (ends(PASSWORDS) || ends(HASHED)) && long(16) {
        return Some(Sort::PasswordHash);
    }
    if ends(&["salt"]) && long(8) {
        return Some(Sort::Salt);
    }
    if ends(PASSWORDS) || words.last().is_some_and(|last| last == "passwordhash") {
        return Some(Sort::Password);
    }
    if ends(&["secret", "secrets"]) && long(8) {
        return Some(if has(FACTORS) {
            Sort::Code
        } else {
            Sort::Secret
        });
    }
    let is_key = ends(&["apikey", "privatekey", "secretkey"])
        || (ends(&["key", "keys"])
            && before_last.is_some_and(|word| KEYS.contains(&word.as_str())));
    let is_token = ends(&["token", "tokens", "jwt"]);
    if !(is_key || is_token) || has(SHOWN) || !long(16) || is_public(text) {
        return None;
    }
    Some(if is_key { Sort::Key } else { Sort::Token })
}

fn is_hash(text: &str) -> bool {
    text.len() >= SHORTEST_HASH
        && HASHES.iter().any(|start| text.starts_with(start))
        && !text.contains(char::is_whitespace)
}

/// Whether the key says itself that everybody may see it.
fn is_public(text: &str) -> bool {
    scan::classify(text).is_some_and(|sighting| sighting.class == Class::Public)
}

/// Whether most of it is hidden already, or it only says whether there is one.
fn is_masked(text: &str) -> bool {
    const NOTHING: &[&str] = &[
        "redacted",
        "hidden",
        "masked",
        "none",
        "null",
        "n/a",
        "unset",
        "set",
        "true",
        "false",
        "yes",
        "no",
        "required",
        "optional",
        "enabled",
        "disabled",
        "encrypted",
        "protected",
        "string",
    ];
    let small = text.to_lowercase();
    let bare = small.trim_matches(|character: char| !character.is_alphanumeric());
    ["**", "••", "…", "...", "xxxx", "####"]
        .iter()
        .any(|hidden| small.contains(hidden))
        || NOTHING.contains(&bare)
        || bare.is_empty()
}

/// Whether the value is what a form calls the field.
fn is_label(name: &str, text: &str) -> bool {
    words(name) == words(&text.replace(' ', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "kJ8sdf72hHq0ZpLm3nVb";

    #[test]
    fn fields_that_no_client_may_see_are_told_by_name_and_value() {
        for (name, text, wanted) in [
            ("password", "Tr0ub4dor&3", Sort::Password),
            ("userPassword", "x7", Sort::Password),
            (
                "password_hash",
                "5f4dcc3b5aa765d61d8327deb882cf99",
                Sort::PasswordHash,
            ),
            (
                "hashedPassword",
                "5f4dcc3b5aa765d61d8327deb882cf99",
                Sort::PasswordHash,
            ),
            (
                "anything",
                "$2b$10$abcdefghijklmnopqrstuv",
                Sort::PasswordHash,
            ),
            (
                "note",
                "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA",
                Sort::PasswordHash,
            ),
            ("client_secret", LONG, Sort::Secret),
            ("totpSecret", "JBSWY3DPEHPK3PXP", Sort::Code),
            ("recovery_codes", "8f3a-21bc", Sort::Code),
            ("apiKey", LONG, Sort::Key),
            ("reset_token", LONG, Sort::Token),
            ("token", LONG, Sort::Token),
            ("card_number", "4111 1111 1111 1111", Sort::Card),
            ("cvv", "123", Sort::Card),
            ("ssn", "078-05-1120", Sort::PersonalNumber),
            ("password_salt", "a8f3c2d1e9", Sort::Salt),
            ("iban", "DE89 3704 0044 0532 0130 00", Sort::Iban),
            ("internal_notes", "pays late, be careful", Sort::Notes),
        ] {
            assert_eq!(sort(name, text, true), Some(wanted), "{name}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        for (name, text) in [
            ("password", "********"),
            ("password", "[redacted]"),
            ("password", "Password"),
            ("password_changed_at", "2026-03-02T10:15:00.000Z"),
            ("password_policy", "strong"),
            ("password_reset_url", "https://portal.acme.example/reset"),
            ("forgot_password", "/forgot"),
            ("token_type", "Bearer"),
            ("tokens_used", "12"),
            ("csrf_token", LONG),
            ("nextPageToken", LONG),
            ("design_token", "color-background-primary"),
            ("public_key", LONG),
            ("publishable_key", "pk_live_51H8abcdefghijklmnop"),
            ("api_key_id", LONG),
            ("api_key", "sk_live_…f3a2"),
            ("secret_name", "projects/one"),
            ("card_last4", "4242"),
            ("card_number", "**** **** **** 4242"),
            ("order_number", "4111111111111111"),
            ("iban", "DE89************3000"),
            ("notes", "call back"),
            ("zip_code", "10115"),
            ("country_code", "DE"),
            ("hash", "5f4dcc3b5aa765d61d8327deb882cf99"),
            ("key", "main"),
            ("secret", "true"),
            ("price", "$1"),
        ] {
            assert_eq!(sort(name, text, true), None, "{name}: {text}");
        }
        assert_eq!(sort("tokens", "1234567890123456789", false), None);
        assert_eq!(sort("password", "1", false), None);
        assert_eq!(
            sort("card_number", "4111111111111111", false),
            Some(Sort::Card)
        );
    }
}
