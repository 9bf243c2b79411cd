//! Which values may be fingerprinted: none that can be guessed.

use url::Url;

use super::link::Link;

/// The shortest value that is compared unless its shape is known.
const SHORTEST: usize = 16;

/// A value without the quotes, spaces, default port and trailing slash that change nothing.
pub(super) fn normalised(value: &str) -> String {
    let value = value.trim();
    let quoted = ['"', '\'', '`'].iter().find_map(|quote| {
        let inner = value.strip_prefix(*quote)?.strip_suffix(*quote)?;
        (!inner.is_empty() && !inner.contains(*quote)).then_some(inner)
    });
    let value = quoted.unwrap_or(value).trim();
    normalised_url(value).unwrap_or_else(|| value.to_owned())
}

fn normalised_url(value: &str) -> Option<String> {
    if value.matches("://").count() != 1 || value.len() > 4096 {
        return None;
    }
    let mut url = Url::parse(value).ok().filter(Url::has_host)?;
    let host = url.host_str()?.to_ascii_lowercase();
    url.set_host(Some(&host)).ok()?;
    if url.port().is_some() && url.port() == default_port(url.scheme()) {
        url.set_port(None).ok()?;
    }
    let text = String::from(url);
    Some(text.strip_suffix('/').unwrap_or(&text).to_owned())
}

/// The port of a scheme when none is written.
pub(super) fn default_port(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "postgres" | "postgresql" => 5432,
        "mysql" | "mariadb" => 3306,
        "mongodb" => 27017,
        "redis" | "rediss" => 6379,
        "amqp" => 5672,
        "amqps" => 5671,
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        _ => return None,
    })
}

/// Whether a value is random enough that its fingerprint does not give it away, and means the same
/// wherever it stands.
pub(super) fn comparable(value: &str, known: bool, link: &Option<Link>) -> bool {
    match link {
        Some(link) => link.has_password() || known,
        None => known || looks_random(value),
    }
}

/// Whether it looks as if a machine had drawn it: long, of mixed characters, no word, no address, no
/// placeholder.
pub(super) fn looks_random(value: &str) -> bool {
    let length = value.chars().count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let plain = value.contains(char::is_whitespace) && !value.contains("-----BEGIN");
    length >= SHORTEST
        && !plain
        && letters > 0
        && (digits > 0 || mixed(value))
        && !is_placeholder(value)
        && !is_address(value)
        && bits_a_character(value) >= 3.0
}

/// Capitals inside words, as random letters have them and words have not.
fn mixed(value: &str) -> bool {
    let letters: Vec<bool> = value
        .bytes()
        .filter(u8::is_ascii_alphabetic)
        .map(|byte| byte.is_ascii_uppercase())
        .collect();
    let changes = letters
        .windows(2)
        .filter(|pair| pair.first() != pair.last())
        .count();
    changes * 4 >= letters.len().max(1)
}

fn is_address(value: &str) -> bool {
    let path = value.starts_with('/') || value.starts_with("./") || value.starts_with("~/");
    let mail = value
        .split_once('@')
        .is_some_and(|(_, host)| host.contains('.'));
    let host = value.contains('.')
        && value.split('.').all(|label| {
            !label.is_empty() && label.len() <= 63 && label == label.to_ascii_lowercase()
        })
        && value.split('.').next_back().is_some_and(|last| {
            last.len() <= 6 && last.bytes().all(|byte| byte.is_ascii_lowercase())
        });
    path || mail || host
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = [
        "your",
        "change",
        "example",
        "placeholder",
        "replace",
        "dummy",
        "xxxx",
        "todo",
        "insert",
        "secret-here",
        "...",
        "0000000",
        "1234567890",
        "abcdef",
    ];
    value.starts_with('<')
        || value.starts_with('[')
        || words.iter().any(|word| lower.contains(word))
}

/// Shannon's entropy of the characters (1948).
fn bits_a_character(value: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for letter in value.chars() {
        *counts.entry(letter).or_insert(0_u32) += 1;
    }
    let total = f64::from(counts.values().sum::<u32>());
    let share = |count: &u32| f64::from(*count) / total;
    counts
        .values()
        .map(share)
        .map(|share| -share * share.log2())
        .sum()
}
