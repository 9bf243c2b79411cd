//! Reads SARIF 2.1.0 (OASIS Standard, 27 March 2020): what counts, how bad it is and where.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_core::meta::Severity;
use url::Url;

use super::{Place, Problem, ReportFault, Scan, headline, push_bounded};
use crate::command::output::clean;

/// A chain of `uriBaseId`s longer than this goes round in circles.
const LONGEST_CHAIN: usize = 16;

/// Reads a report.
pub(in crate::command) fn read(bytes: &[u8]) -> Result<Scan, ReportFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(ReportFault::Empty);
    }
    let log: Log = serde_json::from_slice(bytes)
        .map_err(|error| ReportFault::Broken(format!("it is not proper SARIF: {error}")))?;
    if !log.version.starts_with("2.1.") {
        return Err(ReportFault::Broken(format!(
            "it is SARIF {}, and only 2.1.0 is understood",
            headline(&log.version)
        )));
    }
    let mut scan = Scan::default();
    for run in &log.runs {
        run.add_to(&mut scan);
    }
    Ok(scan)
}

#[derive(Deserialize)]
struct Log {
    version: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    #[serde(default)]
    results: Option<Vec<ScanResult>>,
    #[serde(default)]
    invocations: Vec<Invocation>,
    #[serde(default)]
    artifacts: Vec<Artifact>,
    #[serde(default)]
    original_uri_base_ids: BTreeMap<String, ArtifactLocation>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Component,
    #[serde(default)]
    extensions: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    name: String,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Option<Text>,
    help: Option<Text>,
    #[serde(default)]
    message_strings: BTreeMap<String, Text>,
    default_configuration: Option<Configuration>,
    #[serde(default)]
    properties: Properties,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize, Default)]
struct Properties {
    /// A number from 0.0 to 10.0 as text, or as a number.
    #[serde(rename = "security-severity")]
    security_severity: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScanResult {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<RuleReference>,
    level: Option<String>,
    kind: Option<String>,
    message: Message,
    #[serde(default)]
    locations: Vec<Location>,
    suppressions: Option<Vec<Suppression>>,
    baseline_state: Option<String>,
    #[serde(default)]
    fingerprints: BTreeMap<String, String>,
    #[serde(default)]
    partial_fingerprints: BTreeMap<String, String>,
    #[serde(default)]
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleReference {
    id: Option<String>,
    index: Option<i64>,
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    index: Option<i64>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
    id: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<ArtifactLocation>,
    region: Option<Region>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: Option<String>,
    uri_base_id: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<usize>,
    start_column: Option<usize>,
}

#[derive(Deserialize)]
struct Artifact {
    location: Option<ArtifactLocation>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(default)]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Deserialize)]
struct Notification {
    message: Message,
}

/// The element at an index as SARIF writes it, where -1 stands for none.
fn indexed<T>(list: &[T], index: Option<i64>) -> Option<&T> {
    list.get(usize::try_from(index?).ok()?)
}

impl Run {
    fn add_to(&self, scan: &mut Scan) {
        scan.runs = scan.runs.saturating_add(1);
        scan.failed.extend(self.failure());
        for result in self.results.iter().flatten() {
            if !result.counts() {
                continue;
            }
            if result.suppressed() {
                scan.suppressed = scan.suppressed.saturating_add(1);
            } else {
                scan.problems.extend(self.problem(result));
            }
        }
    }

    /// Why the run is no evidence: it says that it failed, or it has no results at all (3.14.23).
    fn failure(&self) -> Option<String> {
        let name = headline(&clean(&self.tool.driver.name));
        if let Some(failed) = self
            .invocations
            .iter()
            .find(|one| !one.execution_successful)
        {
            let said = failed.tool_execution_notifications.first();
            let said = said.map(|one| headline(&clean(&one.message.plain(None))));
            return Some(match said.filter(|text| !text.is_empty()) {
                Some(text) => format!("{name} says that it failed: {text}"),
                None => format!("{name} says that it failed"),
            });
        }
        self.results
            .is_none()
            .then(|| format!("{name} lists no results, not even none"))
    }

    fn rule(&self, result: &ScanResult) -> Option<&Rule> {
        let reference = result.rule.as_ref();
        let component = reference
            .and_then(|rule| rule.tool_component.as_ref())
            .and_then(|component| indexed(&self.tool.extensions, component.index))
            .unwrap_or(&self.tool.driver);
        let index = result.rule_index.or_else(|| reference?.index);
        indexed(&component.rules, index).or_else(|| {
            let id = result.rule_name()?;
            let every = std::iter::once(&self.tool.driver).chain(&self.tool.extensions);
            every.flat_map(|one| &one.rules).find(|rule| rule.id == id)
        })
    }

    fn problem(&self, result: &ScanResult) -> Option<Problem> {
        let rule = self.rule(result);
        let severity = severity(result, rule)?;
        let text = clean(&result.message.plain(rule));
        let short = rule.and_then(|rule| rule.short_description.as_ref());
        let message = if text.trim().is_empty() {
            short.map(|short| clean(&short.text)).unwrap_or_default()
        } else {
            text
        };
        let name = result.rule_name().or(rule.map(|rule| rule.id.as_str()));
        let help = rule.and_then(|rule| rule.help.as_ref());
        Some(Problem {
            tool: headline(&clean(&self.tool.driver.name)),
            rule: headline(&clean(name.unwrap_or_default())),
            message: headline(&message),
            help: help
                .map(|help| headline(&clean(&help.text)))
                .unwrap_or_default(),
            severity,
            place: self.place(result),
            identity: result.identity(),
        })
    }

    fn place(&self, result: &ScanResult) -> Option<Place> {
        let physical = result
            .locations
            .iter()
            .find_map(|one| one.physical_location.as_ref())?;
        let region = physical.region.as_ref();
        Some(Place {
            file: self.path(physical.artifact_location.as_ref()?)?,
            line: region
                .and_then(|region| region.start_line)
                .unwrap_or(1)
                .max(1),
            column: region
                .and_then(|region| region.start_column)
                .unwrap_or(1)
                .max(1),
        })
    }

    /// The path of an artifact, resolved against its base (3.4.4 and RFC 3986, 5); a base whose
    /// place is not told leaves it relative.
    fn path(&self, location: &ArtifactLocation) -> Option<String> {
        let location = match &location.uri {
            Some(_) => location,
            None => indexed(&self.artifacts, location.index)?
                .location
                .as_ref()?,
        };
        let mut path = location.uri.clone()?;
        let mut base = location.uri_base_id.as_ref();
        for _ in 0..LONGEST_CHAIN {
            if path.contains(':') || path.starts_with('/') {
                break;
            }
            let Some(parent) = base.and_then(|id| self.original_uri_base_ids.get(id)) else {
                break;
            };
            if let Some(uri) = &parent.uri {
                path = format!("{}/{path}", uri.trim_end_matches('/'));
            }
            base = parent.uri_base_id.as_ref();
        }
        local_path(&path)
    }
}

/// The path of a `file:` URI or a relative reference, percent-encoding undone.
fn local_path(uri: &str) -> Option<String> {
    const RELATIVE: &str = "file:///-/-/-/-/";
    let base = Url::parse(RELATIVE).ok()?;
    let url = base.join(uri).ok().filter(|url| url.scheme() == "file")?;
    let path = match url.as_str().strip_prefix(RELATIVE) {
        Some(relative) => relative,
        None => url.path(),
    };
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    Some(path.into_owned()).filter(|path| !path.is_empty())
}

impl ScanResult {
    fn rule_name(&self) -> Option<&str> {
        self.rule_id
            .as_deref()
            .or_else(|| self.rule.as_ref()?.id.as_deref())
    }

    /// Whether it is about something that is wrong now (3.27.9 and 3.27.24).
    fn counts(&self) -> bool {
        let failing = matches!(
            self.kind.as_deref(),
            None | Some("fail" | "open" | "review")
        );
        failing && self.baseline_state.as_deref() != Some("absent")
    }

    /// Whether somebody answers for it: every suppression is accepted (3.27.23).
    fn suppressed(&self) -> bool {
        self.suppressions.as_ref().is_some_and(|all| {
            !all.is_empty()
                && all
                    .iter()
                    .all(|one| matches!(one.status.as_deref(), None | Some("accepted")))
        })
    }

    fn identity(&self) -> String {
        let known = self.fingerprints.values().next();
        known
            .or_else(|| self.partial_fingerprints.values().next())
            .map(|text| headline(text))
            .unwrap_or_default()
    }
}

impl Message {
    /// The text with its `{0}` placeholders filled in (3.11.5), once: what an argument holds is no
    /// placeholder, so that a short report cannot become a long text.
    fn plain(&self, rule: Option<&Rule>) -> String {
        let template = self.text.as_ref().or_else(|| {
            let strings = &rule?.message_strings;
            strings.get(self.id.as_ref()?).map(|string| &string.text)
        });
        let mut rest = template.map(String::as_str).unwrap_or_default();
        let mut text = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            let (filled, after) = self.argument(after).unwrap_or(("{", after));
            push_bounded(&mut text, before);
            push_bounded(&mut text, filled);
            rest = after;
        }
        push_bounded(&mut text, rest);
        text
    }

    /// The argument that is asked for by what follows an opening brace, and the text behind it.
    fn argument<'t>(&'t self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = text.split_at(digits);
        let argument = self.arguments.get(number.parse::<usize>().ok()?)?;
        Some((argument, rest.strip_prefix('}')?))
    }
}

/// How bad a result is; `None` when its level is `none`.
///
/// A security score decides as GitHub's code scanning reads it; else the level does. A tool that
/// says `warning` means a warning; one that says nothing gives no reason to let it pass.
fn severity(result: &ScanResult, rule: Option<&Rule>) -> Option<Severity> {
    let configured = rule.and_then(|rule| rule.default_configuration.as_ref()?.level.as_deref());
    let level = result.level.as_deref().or(configured);
    if level == Some("none") && result.kind.as_deref().is_none_or(|kind| kind == "fail") {
        return None;
    }
    let score = score(&result.properties).or_else(|| score(&rule?.properties));
    Some(match (score, level) {
        (Some(9.0..), _) => Severity::Critical,
        (Some(7.0..), _) => Severity::High,
        (Some(4.0..), _) => Severity::Medium,
        (Some(above), _) if above > 0.0 => Severity::Low,
        (_, Some("error")) => Severity::High,
        (_, Some("warning" | "note" | "none")) => Severity::Low,
        (_, _) => Severity::Medium,
    })
}

fn score(properties: &Properties) -> Option<f64> {
    match properties.security_severity.as_ref()? {
        serde_json::Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    }
}

#[cfg(test)]
mod tests;
