//! Plugins that a gate file declares: where each comes from, what it is granted, and how much it may use.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::located::Located;
use crate::meta::Severity;
use crate::name::{ApiName, IdentityName};
use crate::span::Span;

/// What stands before the name of a plugin where a gate file names a check kind.
pub const KIND_PREFIX: &str = "plugin/";

/// The longest name of a plugin, in letters.
pub const LONGEST_NAME: usize = 64;

/// Whether a text can name a plugin, or one of its codes: lowercase words of letters and digits with hyphens between
/// them, the first one beginning with a letter.
pub fn is_name(text: &str) -> bool {
    let word = |word: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !word.is_empty() && word.bytes().all(plain)
    };
    text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.split('-').all(word)
}

/// A plugin that the gate file declares under `plugins:`.
#[derive(Debug, Clone, PartialEq)]
pub struct Plugin {
    /// Its name; its kind is `plugin/NAME`.
    pub name: String,
    /// Its key in the gate file.
    pub span: Span,
    /// Where its component comes from.
    pub source: Source,
    /// What the gate file grants it.
    pub grant: Grant,
    /// How much a check of it may use.
    pub limits: Limits,
}

/// Where the component of a plugin comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A file, by its path from the folder of the gate file.
    File(Located<String>),
    /// An https address.
    Address {
        /// The address.
        url: Located<String>,
        /// The SHA-256 of what is there, in lowercase hexadecimal.
        sha256: Located<String>,
    },
}

/// What a gate file grants a plugin; of this it has what it also asks for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grant {
    /// Where the grant stands, when there is one.
    pub span: Option<Span>,
    /// Requests to the environment under test.
    pub target: Option<Access>,
    /// The entries under `apis:` that it may send requests to.
    pub apis: Vec<ApiName>,
    /// Other origins, in ASCII and without the scheme's own port: `https://api.stripe.com`.
    pub hosts: Vec<Located<String>>,
    /// Secrets, and where each may be sent.
    pub secrets: Vec<GrantedSecret>,
    /// Globs of files, from the folder of the gate file.
    pub files: Vec<Located<String>>,
    /// Whether it may read what other checks sent and received.
    pub recorded: bool,
    /// The identities that its requests may be sent as, beside the check's own.
    pub identities: Vec<IdentityName>,
}

/// What a plugin may send to the environment under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// `GET`, `HEAD` and `OPTIONS`.
    Read,
    /// Every method.
    Write,
}

/// A secret that a plugin may have sent for it.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantedSecret {
    /// The name of the variable.
    pub name: Located<String>,
    /// Where it may be sent.
    pub to: Vec<Destination>,
}

/// Where a secret may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The environment under test.
    Target,
    /// An entry under `apis:`.
    Api(ApiName),
    /// Another origin, written as in [`Grant::hosts`].
    Host(String),
}

/// What a lock file says of a plugin, as far as two states of the file are held against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its component, in lowercase hexadecimal.
    pub sha256: String,
    /// What it can find, by the slugs of its codes.
    pub codes: Vec<(String, Severity)>,
    /// The powers it asks for, each as a person reads it.
    pub asks: Vec<String>,
}

/// How much one check of a plugin may use; what goes beyond ends the check with an error that names the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Memory, in bytes.
    pub memory: usize,
    /// Time, requests included.
    pub time: Duration,
    /// Requests.
    pub requests: u32,
    /// Bytes that its requests and their answers have together.
    pub traffic: usize,
    /// Bytes of files and of recorded exchanges that it reads.
    pub reading: usize,
    /// Findings.
    pub findings: u32,
    /// Lines that it logs.
    pub log: u32,
}

impl Default for Limits {
    /// What a check of a portal needs many times over: 256 MiB, 60 s, 200 requests, 64 MiB of traffic and of
    /// reading, 1,000 findings, 1,000 lines.
    fn default() -> Self {
        Self {
            memory: 256 * 1024 * 1024,
            time: Duration::from_secs(60),
            requests: 200,
            traffic: 64 * 1024 * 1024,
            reading: 64 * 1024 * 1024,
            findings: 1_000,
            log: 1_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_lowercase_words_with_hyphens() {
        for name in ["a", "invoice-totals", "iso-8601", "v2"] {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(LONGEST_NAME + 1);
        for text in [
            "", "-a", "a-", "a--b", "A", "a_b", "a/b", "8-bit", "é", "a b", &long,
        ] {
            assert!(!is_name(text), "{text}");
        }
    }
}
