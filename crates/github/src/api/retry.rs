//! When a request is repeated, and after how long.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

/// How often a request is sent at most.
pub(crate) const TRIES: u32 = 4;

/// How long is waited when GitHub says that there were too many requests and not for how long;
/// its documentation asks for at least this.
const UNKNOWN: Duration = Duration::from_secs(60);

/// The longest wait that is told apart from longer ones: no run waits for a day, and sums of times
/// must not overflow.
const LONGEST: Duration = Duration::from_secs(86_400);

/// What an answer says about another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// The answer stands.
    Final,
    /// There were too many requests; this one was not looked at.
    Limited(Duration),
    /// GitHub failed, and may have done what was asked before.
    Failed,
}

/// Reads an answer's status, headers and body.
pub(crate) fn advice(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Advice {
    if limited(status, headers, body) {
        return Advice::Limited(wait(headers, now));
    }
    if status.is_server_error() {
        return Advice::Failed;
    }
    Advice::Final
}

/// How long is waited after the `tries`th failure in a row.
pub(crate) fn pause(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.min(5))
}

/// A 403 means both that there were too many requests and that the token may not.
fn limited(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> bool {
    match status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => {
            headers.contains_key("retry-after")
                || number(headers, "x-ratelimit-remaining") == Some(0)
                || said(body)
        }
        _ => false,
    }
}

/// Whether the message is about the rate of requests.
fn said(body: &[u8]) -> bool {
    let start = &body[..body.len().min(4_096)];
    let text = String::from_utf8_lossy(start).to_lowercase();
    text.contains("rate limit") || text.contains("abuse detection")
}

/// `retry-after`, then `x-ratelimit-reset`, then a minute.
fn wait(headers: &HeaderMap, now: Timestamp) -> Duration {
    asked_wait(headers, now).min(LONGEST)
}

fn asked_wait(headers: &HeaderMap, now: Timestamp) -> Duration {
    if let Some(seconds) = number(headers, "retry-after") {
        return Duration::from_secs(seconds.max(1));
    }
    let exhausted = number(headers, "x-ratelimit-remaining").is_none_or(|left| left == 0);
    match number(headers, "x-ratelimit-reset") {
        Some(reset) if exhausted => {
            let now = u64::try_from(now.as_second()).unwrap_or_default();
            // A second more, because the clocks of two machines differ.
            Duration::from_secs(reset.saturating_sub(now).saturating_add(1))
        }
        _ => UNKNOWN,
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn told(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Advice {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let now = Timestamp::from_second(1_000).unwrap();
        advice(
            StatusCode::from_u16(status).unwrap(),
            &headers,
            body.as_bytes(),
            now,
        )
    }

    fn limited(seconds: u64) -> Advice {
        Advice::Limited(Duration::from_secs(seconds))
    }

    #[test]
    fn the_wait_is_what_github_says() {
        assert_eq!(told(429, &[("retry-after", "7")], ""), limited(7));
        assert_eq!(told(403, &[("retry-after", "7")], ""), limited(7));
        let reset = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1030"),
        ];
        assert_eq!(told(403, &reset, ""), limited(31));
        assert_eq!(told(429, &reset, ""), limited(31));
        let both = [("retry-after", "3"), ("x-ratelimit-reset", "1030")];
        assert_eq!(told(429, &both, ""), limited(3));
        let forever = [("retry-after", "18446744073709551615")];
        assert_eq!(told(429, &forever, ""), limited(86_400));
        let reset = [("x-ratelimit-reset", "18446744073709551615")];
        assert_eq!(told(429, &reset, ""), limited(86_400));
    }

    #[test]
    fn without_a_word_it_is_a_minute() {
        assert_eq!(told(429, &[], ""), limited(60));
        assert_eq!(
            told(403, &[], "You have exceeded a secondary rate limit."),
            limited(60)
        );
        let left = [
            ("x-ratelimit-remaining", "12"),
            ("x-ratelimit-reset", "9999"),
        ];
        assert_eq!(told(429, &left, ""), limited(60));
        assert_eq!(told(429, &[("retry-after", "soon")], ""), limited(60));
    }

    #[test]
    fn a_plain_403_is_about_permission_and_a_5xx_about_github() {
        assert_eq!(
            told(
                403,
                &[("x-ratelimit-remaining", "9")],
                "Resource not accessible by integration"
            ),
            Advice::Final
        );
        assert_eq!(told(404, &[], ""), Advice::Final);
        assert_eq!(told(422, &[], ""), Advice::Final);
        assert_eq!(told(502, &[], ""), Advice::Failed);
    }
}
