//! The verdict as outputs of a step of GitHub Actions: `name=value` lines.

use std::io;

use tidegate_core::event::Summary;
use tidegate_core::fingerprint::hex;
use tidegate_core::meta::Severity;
use tidegate_core::verdict::{Circumstances, Judgement, exit_code};

use crate::digest::{Digest, size};
use crate::headline::headline;
use crate::since::Since;
use crate::text::{clip, one_line};

/// How many characters of a sentence an output has; all outputs of a job together may have 1 MB.
const SENTENCE_LIMIT: usize = 1_000;

/// The outputs of a run that ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outputs {
    values: Vec<(String, String)>,
    judgement: Judgement,
    circumstances: Circumstances,
}

impl Outputs {
    /// Takes what the outputs tell from a summary, and from what changed since an earlier gate.
    pub fn of(summary: &Summary, since: Option<&Since>) -> Self {
        let digest = Digest::of(summary);
        let mut values = vec![
            ("verdict", summary.judgement.verdict.name().to_owned()),
            (
                "headline",
                one_line(&clip(&headline(summary), SENTENCE_LIMIT), true),
            ),
            ("executed", digest.executed.to_string()),
            ("total", digest.total.to_string()),
            ("blocking", size(&digest.problems).to_string()),
            ("warnings", size(&digest.warnings).to_string()),
        ];
        for severity in Severity::ALL {
            let number = counted(summary).filter(|one| *one == severity).count();
            values.push((severity.name(), number.to_string()));
        }
        if let Some(since) = since {
            values.push(("new", since.new.len().to_string()));
            values.push(("fixed", since.fixed.len().to_string()));
        }
        Self {
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            judgement: summary.judgement.clone(),
            circumstances: Circumstances {
                interrupted: summary.interrupted,
                report_failed: false,
                advisory: summary.advisory,
            },
        }
    }

    /// The outputs as the file takes them; `report_failed` when a required report is not there.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn text(&self, report_failed: bool) -> io::Result<String> {
        let circumstances = Circumstances {
            report_failed,
            ..self.circumstances
        };
        let code = exit_code(&self.judgement, circumstances).to_string();
        let mut text = entry("exit-code", &code)?;
        for (name, value) in &self.values {
            text.push_str(&entry(name, value)?);
        }
        Ok(text)
    }
}

/// How bad each finding is that counts.
fn counted(summary: &Summary) -> impl Iterator<Item = Severity> {
    let findings = summary.results.iter().flat_map(|result| &result.findings);
    findings.filter(|one| one.counts()).map(|one| one.severity)
}

/// One output. A value of several lines stands between delimiters that nobody who wrote a part of it
/// can have known.
fn entry(name: &str, value: &str) -> io::Result<String> {
    if !value.contains(['\n', '\r']) {
        return Ok(format!("{name}={value}\n"));
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let delimiter = format!("tidegate-{}", hex(&random));
    Ok(format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    /// Reads the file as GitHub's runner does (`FileCommandManager`, `EnvFileKeyValuePairs`).
    fn read(text: &str) -> BTreeMap<String, String> {
        let mut lines = text.split_inclusive('\n');
        let mut values = BTreeMap::new();
        while let Some(line) = lines.next() {
            let line = line.trim_end_matches(['\r', '\n']);
            let equals = line.find('=');
            let heredoc = line.find("<<");
            match (equals, heredoc) {
                (Some(at), other) if other.is_none_or(|other| at < other) => {
                    values.insert(line[..at].to_owned(), line[at + 1..].to_owned());
                }
                (_, Some(at)) => {
                    let delimiter = &line[at + 2..];
                    let mut value: Vec<&str> = Vec::new();
                    for line in lines.by_ref() {
                        let line = line.trim_end_matches('\n');
                        if line == delimiter {
                            break;
                        }
                        value.push(line);
                    }
                    values.insert(line[..at].to_owned(), value.join("\n"));
                }
                _ => panic!("no output: {line:?}"),
            }
        }
        values
    }

    #[test]
    fn a_blocked_run_has_its_numbers() {
        let text = Outputs::of(&samples::blocked(), None).text(true).unwrap();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_exit_code_is_that_of_the_process() {
        let code = |summary: &Summary, failed| {
            let text = Outputs::of(summary, None).text(failed).unwrap();
            read(&text)["exit-code"].clone()
        };
        assert_eq!(code(&samples::allowed(), false), "0");
        assert_eq!(code(&samples::allowed(), true), "5");
        assert_eq!(code(&samples::blocked(), true), "1");
        assert_eq!(code(&samples::nothing(), false), "4");
        let mut advisory = samples::blocked();
        advisory.advisory = true;
        assert_eq!(code(&advisory, false), "0");
    }

    #[test]
    fn delimiters_differ_each_time() {
        let value = "a\ntidegate\nb";
        let (one, other) = (entry("x", value).unwrap(), entry("x", value).unwrap());
        assert_ne!(one, other);
        assert_eq!(read(&one), read(&other));
        assert_eq!(read(&one)["x"], value);
    }

    proptest! {
        #[test]
        fn foreign_text_makes_no_output_of_its_own(
            text in "([=<\n\r\t:#\\PC\u{0}-\u{9f}]|verdict=allow|\n|<<){0,30}",
        ) {
            let plain = read(&Outputs::of(&samples::blocked(), None).text(false).unwrap());
            let mut summary = samples::saying(&text);
            summary.preflight = samples::saying(&text).preflight;
            let names = read(&Outputs::of(&summary, None).text(false).unwrap());
            prop_assert!(plain.keys().eq(names.keys()));
            let value = read(&entry("x", &text).unwrap());
            prop_assert_eq!(value.len(), 1);
            if !text.contains('\r') {
                prop_assert_eq!(&value["x"], &text);
            }
        }
    }
}
