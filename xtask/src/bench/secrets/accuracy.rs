//! How many of the planted secrets a program finds, and what it finds where there are none.

use std::collections::BTreeSet;

use serde_json::{Deserializer, Value};

use super::files;
use super::inputs::Inputs;
use super::programs::Programs;
use crate::failure::Failure;

/// Texts shorter than this lie in each other by chance.
const SHORTEST: usize = 12;

/// What one program found.
#[derive(Debug)]
pub(super) struct Tally {
    program: &'static str,
    planted: usize,
    found: usize,
    /// Different findings in the bundles without a secret.
    wrong: usize,
    missed: Vec<String>,
}

/// One secret of the manifest.
struct Planted {
    name: String,
    slug: String,
    file: String,
    line: u64,
    value: String,
}

/// Something that a program reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reported {
    /// A rule's code, a source file and a line.
    Place(String, String, u64),
    /// The rule's name and the secret itself.
    Secret(String, String),
}

/// Counts for each program.
///
/// # Errors
/// [`Failure`] when a program does not run or a report cannot be read.
pub(super) fn count(inputs: &Inputs, programs: &Programs) -> Result<Vec<Tally>, Failure> {
    let (planted, clean) = (inputs.bundles("planted")?, inputs.bundles("clean")?);
    let manifest = json(&files::read(&planted.folder.join("manifest.json"))?)?;
    let manifest = read_manifest(&manifest);
    let reports = |input| -> Result<Vec<_>, Failure> {
        let each = programs.reporting(input).into_iter();
        each.map(|(program, mut prepared, report)| {
            prepared.sample()?;
            Ok((program, read(&files::read(&report)?)?))
        })
        .collect()
    };
    let found = reports(&planted)?;
    let wrong = reports(&clean)?;
    let tally = |((program, found), (_, wrong)): (&(&'static str, _), &(_, BTreeSet<Reported>))| {
        Tally::of(program, &manifest, found, wrong.len())
    };
    Ok(found.iter().zip(&wrong).map(tally).collect())
}

impl Tally {
    fn of(
        program: &'static str,
        manifest: &[Planted],
        reported: &BTreeSet<Reported>,
        wrong: usize,
    ) -> Self {
        let missed: Vec<String> = manifest
            .iter()
            .filter(|planted| !reported.iter().any(|one| planted.is_in(one)))
            .map(|planted| planted.name.clone())
            .collect();
        Self {
            program,
            planted: manifest.len(),
            found: manifest.len() - missed.len(),
            wrong,
            missed,
        }
    }

    /// The row of the table.
    pub(super) fn cells(&self) -> Vec<String> {
        vec![
            self.program.to_owned(),
            self.planted.to_string(),
            self.found.to_string(),
            self.wrong.to_string(),
            self.missed.join(", "),
        ]
    }
}

impl Planted {
    /// Whether the report is about it: ours by its rule at the source's line, a peer's by the secret
    /// or a telling part of it, wherever it stands.
    fn is_in(&self, reported: &Reported) -> bool {
        match reported {
            Reported::Place(code, file, line) => {
                let rule = code.strip_prefix("secrets/");
                rule == Some(&self.slug) && file.ends_with(&self.file) && *line == self.line
            }
            Reported::Secret(_, secret) => {
                let (ours, theirs) = (plain(&self.value), plain(secret));
                theirs.len() >= SHORTEST && (ours.contains(&theirs) || theirs.contains(&ours))
            }
        }
    }
}

/// Letters and digits only, so that escapes and line breaks do not count.
fn plain(text: &str) -> String {
    let text = text.replace("\\n", "");
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn read_manifest(manifest: &Value) -> Vec<Planted> {
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let entries = manifest.as_array().into_iter().flatten();
    let planted = entries.map(|entry| Planted {
        name: text(entry, "name"),
        slug: text(entry, "slug"),
        file: text(entry, "file"),
        line: entry["line"].as_u64().unwrap_or_default(),
        value: text(entry, "value"),
    });
    planted.collect()
}

fn json(text: &str) -> Result<Value, Failure> {
    let first = Deserializer::from_str(text).into_iter().next();
    let first = first.ok_or_else(|| Failure::Found("a report is empty".to_owned()))?;
    first.map_err(|error| Failure::Found(format!("a report is no JSON: {error}")))
}

/// Reads the report of any of the three; kingfisher writes a summary behind it.
fn read(report: &str) -> Result<BTreeSet<Reported>, Failure> {
    let report = json(report)?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    if report.get("results").is_some() {
        let results = list(&report["results"]);
        let findings = results.iter().flat_map(|result| list(&result["findings"]));
        let blocking = findings.filter(|finding| finding["level"] == "deny");
        return Ok(blocking.filter_map(|finding| ours(&finding)).collect());
    }
    if report.get("findings").is_some() {
        let findings = list(&report["findings"]);
        return Ok(findings.iter().filter_map(kingfishers).collect());
    }
    Ok(list(&report).iter().filter_map(gitleaks).collect())
}

fn ours(finding: &Value) -> Option<Reported> {
    let place = &finding["location"];
    Some(Reported::Place(
        finding["code"].as_str()?.to_owned(),
        place["file"].as_str()?.to_owned(),
        place["line"].as_u64()?,
    ))
}

fn kingfishers(finding: &Value) -> Option<Reported> {
    let rule = finding.pointer("/rule/id")?.as_str()?;
    let secret = finding.pointer("/finding/snippet")?.as_str()?;
    Some(Reported::Secret(rule.to_owned(), secret.to_owned()))
}

fn gitleaks(finding: &Value) -> Option<Reported> {
    let rule = finding["RuleID"].as_str()?;
    let secret = finding["Secret"].as_str()?;
    Some(Reported::Secret(rule.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"[
        { "name": "a-key", "slug": "a-key", "app": "portal", "file": "src/a.js", "line": 7, "value": "key_0123456789ab" },
        { "name": "a-key/other", "slug": "a-key", "app": "map", "file": "src/b.js", "line": 2, "value": "-----BEGIN-----\nMIIEvQIBADAN\n" }
    ]"#;

    fn tally(report: &str) -> Tally {
        let manifest = read_manifest(&json(MANIFEST).unwrap());
        Tally::of("one", &manifest, &read(report).unwrap(), 0)
    }

    #[test]
    fn our_findings_are_held_against_rule_and_place() {
        let tally = tally(
            r#"{ "results": [{ "findings": [
                { "code": "secrets/a-key", "level": "deny", "location": { "file": "dist/src/a.js", "line": 7 } },
                { "code": "secrets/a-key", "level": "deny", "location": { "file": "dist/src/b.js", "line": 3 } },
                { "code": "secrets/a-key", "level": "warn", "location": { "file": "dist/src/b.js", "line": 2 } }
            ] }] }"#,
        );
        assert_eq!(
            (tally.found, tally.missed),
            (1, vec!["a-key/other".to_owned()])
        );
    }

    #[test]
    fn the_peers_findings_are_held_against_the_secret() {
        let kingfisher = r#"{ "findings": [{ "rule": { "id": "x" }, "finding": { "snippet": "0123456789ab" } }] }
            { "findings": 1 }"#;
        let gitleaks = r#"[{ "RuleID": "x", "Secret": "-----BEGIN-----\\nMIIEvQIBADAN\\n" }]"#;
        let (kingfisher, gitleaks) = (tally(kingfisher), tally(gitleaks));
        assert_eq!(kingfisher.missed, ["a-key/other"]);
        assert_eq!(gitleaks.missed, ["a-key"]);
    }

    #[test]
    fn a_report_that_is_no_json_is_said() {
        assert!(read("").is_err());
        assert!(read("scanned").is_err());
        assert_eq!(read("[]").unwrap().len(), 0);
    }
}
