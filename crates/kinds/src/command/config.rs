//! What stands under `command:` in a gate file.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::node::Node;
use tidegate_core::period::Period;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use super::place::is_absolute;

/// How long a command may take unless the gate file says otherwise: less than the ten minutes a
/// check has without a `timeout:`, so that its output is still shown.
pub(super) const LIMIT: Duration = Duration::from_secs(540);
/// The bytes of output kept unless the gate file says otherwise: 256 KiB.
const OUTPUT_CAP: usize = 256 * 1024;
/// The bytes of output kept when the report is read out of it: 8 MiB.
const OUTPUT_CAP_OF_REPORT: usize = 8 * 1024 * 1024;
/// The fewest and the most bytes of output that may be asked for.
const OUTPUT_CAP_RANGE: std::ops::RangeInclusive<usize> = 1024..=32 * 1024 * 1024;

/// The names that every command finds in its environment.
pub(super) const GIVEN: [&str; 3] = ["TIDEGATE_URL", "TIDEGATE_ENVIRONMENT", "TIDEGATE_RUN_MARK"];

/// The keys of the config as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    run: Located<Template>,
    directory: Option<Located<String>>,
    #[serde(default)]
    environment: Entries<Template>,
    junit: Option<Located<String>>,
    tap: Option<Located<String>>,
    sarif: Option<Located<String>>,
    success: Option<Located<Vec<i32>>>,
    min_tests: Option<Located<u32>>,
    allow_skipped: Option<Located<bool>>,
    read_only: Option<bool>,
    limit: Option<Located<Period>>,
    output_cap: Option<Located<usize>>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// What the shell is given.
    pub(super) run: Located<Template>,
    /// The folder it starts in, relative to the gate file; empty for the gate file's own.
    pub(super) directory: String,
    /// Added to its environment.
    pub(super) environment: Vec<(String, Template)>,
    /// The report it leaves.
    pub(super) report: Option<ReportFile>,
    /// The exit codes that are no failure.
    pub(super) success: Vec<i32>,
    /// The fewest tests that are evidence.
    pub(super) min_tests: u32,
    /// Whether tests may be skipped.
    pub(super) allow_skipped: bool,
    /// Whether it changes nothing where it looks.
    pub(super) read_only: bool,
    /// How long it may take.
    pub(super) limit: Option<Duration>,
    /// The most bytes of its output that are kept.
    pub(super) output_cap: usize,
}

/// The report a command leaves.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReportFile {
    /// How it is written.
    pub(super) format: Format,
    /// Where it is.
    pub(super) source: ReportSource,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// The XML that JUnit's Ant task introduced, in any of its dialects.
    Junit,
    /// Test Anything Protocol, version 13 or 14.
    Tap,
    /// Static Analysis Results Interchange Format 2.1.0 (OASIS).
    Sarif,
}

impl Format {
    /// The format's name as people write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Junit => "JUnit",
            Self::Tap => "TAP",
            Self::Sarif => "SARIF",
        }
    }
}

/// Where a report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReportSource {
    /// In one file.
    Path(String),
    /// In all files that match.
    Glob(String),
    /// In what the command writes.
    Output,
}

impl ReportSource {
    /// Where it is, as the gate file says it.
    pub(super) fn describe(&self) -> &str {
        match self {
            Self::Path(path) | Self::Glob(path) => path,
            Self::Output => "the output of the command",
        }
    }
}

impl Config {
    /// Reads the value under `command:`.
    pub(super) fn read(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        check_templates(&written, &mut faults);
        check_environment(&written.environment, &mut faults);
        check_numbers(&written, &mut faults);
        if let Some(directory) = &written.directory
            && is_absolute(&directory.value)
        {
            faults.push(
                Diagnostic::at(directory.span.clone(), "this path is absolute")
                    .label("expected a folder relative to the gate file"),
            );
        }
        let report = report_file(&written, &mut faults);
        check_test_keys(&written, report.as_ref(), &mut faults);
        if faults.is_empty() {
            Ok(written.assemble(report))
        } else {
            Err(faults)
        }
    }
}

impl Written {
    fn assemble(self, report: Option<ReportFile>) -> Config {
        let from_output = report
            .as_ref()
            .is_some_and(|report| report.source == ReportSource::Output);
        let default_cap = if from_output {
            OUTPUT_CAP_OF_REPORT
        } else {
            OUTPUT_CAP
        };
        Config {
            run: self.run,
            directory: self.directory.map_or_else(String::new, |folder| {
                relative(&folder.value).trim_end_matches('/').to_owned()
            }),
            environment: self
                .environment
                .0
                .into_iter()
                .map(|(name, value)| (name.value, value))
                .collect(),
            report,
            success: self.success.map_or_else(|| vec![0], |codes| codes.value),
            min_tests: self.min_tests.map_or(1, |minimum| minimum.value),
            allow_skipped: self.allow_skipped.is_none_or(|allowed| allowed.value),
            read_only: self.read_only.unwrap_or_default(),
            limit: self.limit.map(|limit| limit.value.0),
            output_cap: self.output_cap.map_or(default_cap, |cap| cap.value),
        }
    }
}

/// A command has no captures, so only built-in values can be named.
fn check_templates(written: &Written, faults: &mut Vec<Diagnostic>) {
    let environment = written
        .environment
        .0
        .iter()
        .map(|(name, value)| (value, &name.span));
    let all = std::iter::once((&written.run.value, &written.run.span)).chain(environment);
    for (template, place) in all {
        let span: &Span = template.span().unwrap_or(place);
        faults.extend(
            template
                .values()
                .filter(|name| !BUILT_IN.contains(name))
                .map(|name| Diagnostic::unknown(span.clone(), "value", name, BUILT_IN)),
        );
    }
    if written.run.value.parts().is_empty() {
        faults.push(
            Diagnostic::at(written.run.span.clone(), "there is nothing to run")
                .label("expected a command line"),
        );
    }
}

fn check_environment(environment: &Entries<Template>, faults: &mut Vec<Diagnostic>) {
    for (name, _) in &environment.0 {
        if GIVEN.contains(&name.value.as_str()) {
            faults.push(
                Diagnostic::at(
                    name.span.clone(),
                    format!("`{}` is set by Tidegate", name.value),
                )
                .help("Choose another name."),
            );
        } else if !is_environment_name(&name.value) {
            faults.push(
                Diagnostic::at(
                    name.span.clone(),
                    format!("`{}` is not a name of an environment variable", name.value),
                )
                .label("expected letters, digits and `_`"),
            );
        }
    }
}

/// Names as POSIX.1-2024, 8.1, has them, lowercase letters included.
fn is_environment_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn check_numbers(written: &Written, faults: &mut Vec<Diagnostic>) {
    let mut refuse = |span: &Span, message: &str, help: &str| {
        faults.push(Diagnostic::at(span.clone(), message).help(help));
    };
    if let Some(codes) = written.success.as_ref().filter(|one| one.value.is_empty()) {
        refuse(
            &codes.span,
            "no exit code counts as a success",
            "Write the codes that do, as in `[0]`.",
        );
    }
    if let Some(minimum) = written.min_tests.as_ref().filter(|one| one.value == 0) {
        refuse(
            &minimum.span,
            "no tests are no evidence",
            "Write how many tests there are at least.",
        );
    }
    if let Some(limit) = written.limit.as_ref().filter(|one| one.value.0.is_zero()) {
        refuse(
            &limit.span,
            "a command needs some time",
            "Write a length of time such as `10m`.",
        );
    }
    if let Some(cap) = &written.output_cap
        && !OUTPUT_CAP_RANGE.contains(&cap.value)
    {
        refuse(
            &cap.span,
            "this is outside what may be kept of the output",
            "Write a number of bytes from 1024 to 33554432.",
        );
    }
}

fn report_file(written: &Written, faults: &mut Vec<Diagnostic>) -> Option<ReportFile> {
    let declared: Vec<(Format, &Located<String>)> = [
        (Format::Junit, &written.junit),
        (Format::Tap, &written.tap),
        (Format::Sarif, &written.sarif),
    ]
    .into_iter()
    .filter_map(|(format, path)| path.as_ref().map(|path| (format, path)))
    .collect();
    if let [_, (_, second), ..] = declared.as_slice() {
        faults.push(
            Diagnostic::at(second.span.clone(), "a command has one report")
                .label("the second one")
                .help("Keep one of `junit`, `tap` and `sarif`, or write a second check."),
        );
    }
    let (format, path) = declared.first()?;
    match report_source(*format, path) {
        Ok(source) => Some(ReportFile {
            format: *format,
            source,
        }),
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

fn report_source(format: Format, path: &Located<String>) -> Result<ReportSource, Diagnostic> {
    let text = relative(&path.value);
    if matches!(text, "-" | "stdout") {
        return if format == Format::Tap {
            Ok(ReportSource::Output)
        } else {
            Err(
                Diagnostic::at(path.span.clone(), "only TAP is read from the output")
                    .help("Let the command write a file and name it here."),
            )
        };
    }
    if text.is_empty() || is_absolute(text) || text.split('/').any(|part| part == "..") {
        return Err(Diagnostic::at(
            path.span.clone(),
            "this is no file below the folder of the gate file",
        )
        .label("expected a path such as `results.xml`"));
    }
    Ok(if text.contains(['*', '?', '[', '{']) {
        ReportSource::Glob(text.to_owned())
    } else {
        ReportSource::Path(text.to_owned())
    })
}

/// The keys about tests say nothing where no tests are listed.
fn check_test_keys(written: &Written, report: Option<&ReportFile>, faults: &mut Vec<Diagnostic>) {
    let lists_tests = report.is_some_and(|report| report.format != Format::Sarif);
    let declared = written.junit.is_some() || written.tap.is_some();
    if lists_tests || declared {
        return;
    }
    let minimum = written
        .min_tests
        .as_ref()
        .map(|one| ("min-tests", &one.span));
    let skipped = written
        .allow_skipped
        .as_ref()
        .map(|one| ("allow-skipped", &one.span));
    for (key, span) in minimum.into_iter().chain(skipped) {
        faults.push(
            Diagnostic::at(
                span.clone(),
                format!("`{key}` needs a report that lists tests"),
            )
            .help("Add `junit:` or `tap:`, or leave the key out."),
        );
    }
}

fn relative(path: &str) -> &str {
    let mut path = path.trim();
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    if path == "." { "" } else { path }
}

/// The JSON Schema (draft-07) of the config.
pub(super) fn schema() -> Json {
    let templated =
        |scalar: Json| json!({ "anyOf": [scalar, { "type": "string", "pattern": "\\$\\{" }] });
    let text =
        |description: &str| json!({ "type": "string", "minLength": 1, "description": description });
    let whole = |kind: Json, description: &str| {
        let mut schema = templated(kind);
        schema["description"] = description.into();
        schema
    };
    json!({
        "type": "object",
        "description": "Runs any suite or scanner and turns its report into findings.",
        "additionalProperties": false,
        "required": ["run"],
        "not": { "anyOf": [
            { "required": ["junit", "tap"] },
            { "required": ["junit", "sarif"] },
            { "required": ["tap", "sarif"] },
        ] },
        "properties": {
            "run": text("The command line that the system's shell is given."),
            "directory": text("The folder it starts in, relative to the gate file."),
            "environment": {
                "type": "object",
                "description": "Added to its environment; may hold references to secrets.",
                "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
                "additionalProperties": { "type": ["string", "number", "boolean"] },
            },
            "junit": text("The JUnit report it writes: a path or a glob, relative to the gate file."),
            "tap": text("The TAP report it writes: a path or a glob, relative to the gate file, or `-` for its output."),
            "sarif": text("The SARIF 2.1.0 report it writes: a path or a glob, relative to the gate file."),
            "success": {
                "type": "array",
                "minItems": 1,
                "items": templated(json!({ "type": "integer" })),
                "default": [0],
                "description": "The exit codes that are no failure.",
            },
            "min-tests": whole(json!({ "type": "integer", "minimum": 1, "default": 1 }),
                "The fewest tests that are evidence; skipped ones do not count."),
            "allow-skipped": whole(json!({ "type": "boolean", "default": true }),
                "Whether tests may be skipped."),
            "read-only": whole(json!({ "type": "boolean", "default": false }),
                "Whether the command changes nothing where it looks, so that it may run on production."),
            "limit": { "type": "string", "default": "9m",
                "description": "How long the command may take, as in 90s or 10m." },
            "output-cap": whole(
                json!({ "type": "integer", "minimum": OUTPUT_CAP_RANGE.start(), "maximum": OUTPUT_CAP_RANGE.end() }),
                "The most bytes of its output that are kept; of more, the first and the last are."),
        },
    })
}
