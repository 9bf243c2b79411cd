//! Observer `response-secrets`: keys and passwords in the answers that other checks receive.

mod answer;
mod json;

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::check::{CheckReport, Observer, ObserverKind, ObserverScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Observed;
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, RetryClass, Severity};
use tidegate_core::node::Node;
use tidegate_core::ports::http::Purpose;

use crate::observer;
use crate::scan::rule::Mode;
use crate::scan::{Origin, Scanner, rules};
use answer::{Answer, Group};

const SECRET: CodeInfo = CodeInfo::known(
    "response-secrets/secret",
    Severity::Critical,
    Effort::Small,
    "An answer shows a key or a password",
    "Whoever may send this request can use the key for whatever it opens: data, money, messages in your name.",
);

static META: Meta = Meta {
    name: Cow::Borrowed("response-secrets"),
    summary: Cow::Borrowed("Looks at every answer for keys and passwords that it must not show"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(&[SECRET]),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[]),
};

/// The observer kind `response-secrets`.
pub(crate) fn kind() -> Arc<dyn ObserverKind> {
    Arc::new(ResponseSecretsKind)
}

struct ResponseSecretsKind;

#[derive(Debug, Default, Deserialize)]
struct Config {
    #[serde(default)]
    without: Vec<Located<String>>,
}

impl ObserverKind for ResponseSecretsKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        observer::schema(json!({ "without": rules::without_schema() }))
    }

    fn parse(
        &self,
        config: Option<&Node>,
        _: &ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>> {
        let config = match config {
            None => Config::default(),
            Some(node) if observer::is_off(node) => return Ok(None),
            Some(node) => node.read()?,
        };
        let faults: Vec<Diagnostic> = config.without.iter().filter_map(rules::unknown).collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let without = config.without.into_iter();
        Ok(Some(Arc::new(ResponseSecrets {
            without: without.map(|slug| slug.value).collect(),
        })))
    }
}

struct ResponseSecrets {
    without: Vec<String>,
}

impl Observer for ResponseSecrets {
    fn observe(&self, exchange: &Observed<'_>) -> CheckReport {
        // Whoever surveys the site judges it, too.
        if exchange.status.is_none() || exchange.purpose == Purpose::Survey {
            return CheckReport::default();
        }
        let answer = Answer::look(exchange, Scanner::built_in());
        let groups = answer.shown(&self.without);
        let cut = answer.cut().then(|| {
            "of answers that were too long to keep only the beginning was looked at".to_owned()
        });
        CheckReport {
            findings: groups
                .iter()
                .filter_map(|group| finding(&answer, group))
                .collect(),
            evaluated: 1,
            notes: cut.into_iter().collect(),
            ..CheckReport::default()
        }
    }
}

/// One finding for all keys of a rule in an answer: they have one cause.
fn finding(answer: &Answer<'_>, group: &Group<'_>) -> Option<Finding> {
    let shown = group.first;
    let sighting = &shown.sighting;
    let Origin::BuiltIn(rule) = sighting.origin else {
        return None;
    };
    let asked = observer::asked(answer.exchange);
    let title = format!("{asked} shows {}", sighting.described());
    // A key of a sandbox must not hide a live one in the next run.
    let world = match sighting.mode {
        Mode::Test => " test",
        Mode::Live | Mode::Unsaid => "",
    };
    let severity = match sighting.mode {
        Mode::Test => rule.severity.min(Severity::Medium),
        Mode::Live | Mode::Unsaid => rule.severity,
    };
    let advice = format!(
        "{} Let the server name the fields that an answer has, so that nothing else gets into it. \
         More: `tidegate explain secrets/{}`",
        rule.advice(),
        rule.slug
    );
    let mut finding = observer::finding(answer.exchange, &SECRET, answer.content_type(), title)
        .severity(severity)
        .confidence(sighting.confidence)
        .advice(advice)
        .subject(format!("{} {asked} {}{world}", SECRET.code, rule.slug))
        .evidence("path", answer.place(shown))
        .evidence("value", sighting.redacted());
    if let Some(facts) = sighting.says() {
        finding = finding.evidence("it says", facts);
    }
    if let Some(encoding) = sighting.encoding {
        finding = finding.evidence("hidden by", encoding);
    }
    if group.more > 0 {
        finding = finding.evidence("more of them in this answer", group.more.to_string());
    }
    Some(finding)
}

#[cfg(test)]
mod tests;
