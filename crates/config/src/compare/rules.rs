//! Which way a key of a check leads: what is less strict, more of it or less.
//!
//! The kinds' own configs are not known here. A key that stands in no rule is taken as a part of
//! the check: one that is gone is missed, and one that differs is told without a judgement.

use tidegate_core::meta::Severity;
use tidegate_core::meta::Severity::{High, Low, Medium};

/// Which change of a value is less strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weaker {
    /// A larger number, a longer time, a bigger size; what counts when the key is absent.
    Raised(Option<&'static str>),
    /// A smaller number; what counts when the key is absent.
    Lowered(Option<&'static str>),
    /// More entries: exceptions.
    Grown,
    /// Fewer entries, or any where all counted before.
    Narrowed,
    /// It is there at all, where everything that is found by itself counted before.
    Listed,
    /// Fewer entries, whatever they are called.
    Named,
    /// It is on; off when absent.
    On,
    /// It is off; what counts when the key is absent.
    Off(bool),
    /// It is there, or another one: it says from where on things count.
    Set,
    /// Whoever may do something: `all`, or a list.
    Allowed,
    /// It must hold of an answer.
    Expectation,
    /// What counts as a refusal, or as a failure.
    Refusal,
    /// A request or its parts: it can be told apart only by who knows the portal.
    Request,
    /// How a request is sent or a program is called: to have it or not makes a difference.
    Manner,
    /// It says nothing about what must hold.
    Free,
    /// It has parts of its own: here the key means another thing than elsewhere.
    Parts,
}

/// A rule for a key.
pub(super) struct Rule {
    /// The kind it is for; every kind when empty.
    kind: &'static str,
    keys: &'static [&'static str],
    pub(super) weaker: Weaker,
    pub(super) severity: Severity,
}

const fn every(weaker: Weaker, severity: Severity, keys: &'static [&'static str]) -> Rule {
    only("", weaker, severity, keys)
}

const fn only(
    kind: &'static str,
    weaker: Weaker,
    severity: Severity,
    keys: &'static [&'static str],
) -> Rule {
    Rule {
        kind,
        keys,
        weaker,
        severity,
    }
}

use Weaker::{
    Allowed, Expectation, Free, Grown, Listed, Lowered, Manner, Named, Narrowed, Off, On, Parts,
    Raised, Refusal, Request, Set,
};

/// The rules of single kinds come first: the first that fits counts.
const RULES: &[Rule] = &[
    only("access", Allowed, High, &["routes"]),
    only("access", Narrowed, Medium, &["identities"]),
    only("token", Narrowed, Medium, &["identities"]),
    only("cors", Narrowed, Medium, &["routes"]),
    only("contract", Narrowed, Medium, &["include"]),
    only("contract", Set, Medium, &["base"]),
    only("environment", Narrowed, Medium, &["production"]),
    only("firebase", Off(false), Medium, &["writes"]),
    only("page", Narrowed, Medium, &["paths"]),
    only("page", Off(true), High, &["assets"]),
    only("access", Lowered(Some("600")), Medium, &["most"]),
    only("contract", Lowered(Some("100")), Medium, &["most"]),
    only("cors", Lowered(Some("150")), Medium, &["most"]),
    only("firebase", Lowered(Some("60")), Medium, &["most"]),
    only("isolation", Lowered(Some("400")), Medium, &["most"]),
    only("lists", Lowered(Some("200")), Medium, &["most"]),
    only("mass-assignment", Lowered(Some("200")), Medium, &["most"]),
    only("page", Lowered(Some("200")), Medium, &["most"]),
    only("rejects", Lowered(Some("200")), Medium, &["most"]),
    only("supabase", Lowered(Some("60")), Medium, &["most"]),
    only("token", Lowered(Some("150")), Medium, &["most"]),
    only("race", Raised(None), High, &["most"]),
    only("race", Lowered(Some("12")), Medium, &["times"]),
    only("race", Lowered(Some("13")), Medium, &["rounds"]),
    only("race", Lowered(Some("99%")), Medium, &["certainty"]),
    only("race", Raised(Some("30%")), Medium, &["chance"]),
    only("race", Parts, Medium, &["limit"]),
    only("environment", Listed, Medium, &["environments"]),
    only("headers", Listed, Medium, &["pages"]),
    only(
        "isolation",
        Listed,
        Medium,
        &["create", "existing", "resources"],
    ),
    only("lists", Listed, Medium, &["objects", "routes"]),
    only(
        "mass-assignment",
        Listed,
        Medium,
        &["create", "resources", "updates"],
    ),
    only("rejects", Listed, Medium, &["operations"]),
    only("lists", Grown, Medium, &["fields"]),
    only("secrets", Narrowed, Medium, &["build", "pages"]),
    only("secrets", Off(true), High, &["change", "site"]),
    only(
        "secrets",
        Off(false),
        Medium,
        &["tree", "history", "verify"],
    ),
    only(
        "secrets",
        Set,
        High,
        &[
            "base",
            "head",
            "ignore",
            "gitleaks-baseline",
            "history-since",
        ],
    ),
    only("regression", Raised(Some("10%")), Medium, &["tolerance"]),
    only("regression", Raised(Some("1.5")), Medium, &["visible"]),
    only("regression", Lowered(Some("500")), Medium, &["samples"]),
    only("regression", Set, Low, &["percentile"]),
    only(
        "regression",
        Free,
        Low,
        &["within", "rate", "warm-up", "idempotent"],
    ),
    only("supabase", Off(false), Low, &["anonymous-user"]),
    only("firebase", Off(false), Low, &["anonymous-user"]),
    only("latency", Lowered(Some("1000")), Medium, &["samples"]),
    only("latency", Lowered(Some("2m")), Low, &["within"]),
    only("latency", Raised(None), Medium, &["size", "at-most"]),
    only("latency", Raised(Some("5")), Low, &["warm-up"]),
    only("latency", Lowered(None), Medium, &["clients"]),
    only("latency", Lowered(Some("10s")), Low, &["for"]),
    only("latency", Expectation, Medium, &["status"]),
    only("latency", Request, Low, &["from"]),
    only("latency", Free, Low, &["rate", "idempotent"]),
    only("plugins", Raised(Some("256MiB")), Low, &["memory"]),
    only("plugins", Raised(Some("60s")), Low, &["time"]),
    only("plugins", Raised(Some("200")), Low, &["requests"]),
    only(
        "plugins",
        Raised(Some("64MiB")),
        Low,
        &["traffic", "reading"],
    ),
    only("plugins", Raised(Some("1000")), Low, &["findings", "log"]),
    every(
        Grown,
        Medium,
        &[
            "allow",
            "allowed",
            "embedded-by",
            "exclude",
            "ignore",
            "lenient",
            "public",
            "public-buckets",
            "public-collections",
            "public-folders",
            "public-functions",
            "public-paths",
            "public-rpc",
            "public-tables",
            "shared",
            "shared-collections",
            "shared-folders",
            "shared-paths",
            "shared-tables",
            "skip",
            "success",
            "without",
        ],
    ),
    every(
        Raised(None),
        Medium,
        &[
            "budget",
            "error-rate",
            "max",
            "mean",
            "p50",
            "p75",
            "p90",
            "p95",
            "p99",
            "tolerance",
            "slower",
        ],
    ),
    every(Raised(Some("15")), Medium, &["tries"]),
    every(Raised(Some("168h")), Medium, &["max-lifetime"]),
    every(Raised(Some("30s")), Medium, &["grace"]),
    every(Raised(Some("1000")), Medium, &["max-items"]),
    every(Raised(Some("1MB")), Medium, &["max-bytes"]),
    every(Raised(Some("10s")), Low, &["within"]),
    every(Named, Medium, &["capture"]),
    every(
        Manner,
        Low,
        &[
            "as",
            "cleanup",
            "directory",
            "on",
            "redirects",
            "restore",
            "retry",
            "session",
        ],
    ),
    every(
        Lowered(None),
        Medium,
        &["min-tests", "most", "samples", "min-samples"],
    ),
    every(On, Medium, &["allow-skipped", "public-docs", "signups"]),
    every(On, Low, &["continue", "optional"]),
    every(Off(false), High, &["refuse"]),
    every(Expectation, High, &["expect"]),
    every(Refusal, Medium, &["refused", "failed"]),
    every(
        Request,
        Low,
        &[
            "get",
            "post",
            "put",
            "patch",
            "delete",
            "head",
            "options",
            "json",
            "form",
            "multipart",
            "body",
            "file",
            "query",
            "headers",
            "environment",
            "parameters",
            "key-columns",
        ],
    ),
    every(
        Free,
        Low,
        &[
            "name",
            "description",
            "output-cap",
            "timeout",
            "every",
            "limit",
        ],
    ),
];

/// The rule for a key of a kind's config, if there is one.
pub(super) fn rule(kind: &str, key: &str) -> Option<&'static Rule> {
    let fits =
        |rule: &&Rule| (rule.kind.is_empty() || rule.kind == kind) && rule.keys.contains(&key);
    RULES.iter().find(fits)
}
