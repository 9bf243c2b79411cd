//! Reads JUnit reports, whoever wrote them.
//!
//! There is no one standard: this reads what Ant, Maven Surefire, pytest, Jest, Vitest, Playwright,
//! cargo-nextest and GoogleTest write. A document type is refused, and no entity but the five of
//! XML 1.0, 4.6, is replaced, so that a report cannot grow while it is read.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{Failure, Place, ReportFault, Tests, headline, places_in, push_bounded};
use crate::command::output::clean;

/// Reads a report.
pub(in crate::command) fn read(bytes: &[u8]) -> Result<Tests, ReportFault> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(ReportFault::Empty);
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    let mut document = Document::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => document.open(&element)?,
            Ok(Event::End(element)) => document.close(local(element.name().as_ref())),
            Ok(Event::Text(text)) => document.text(&text.xml10_content()),
            Ok(Event::CData(text)) => document.text(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => document.text(&resolved(&reference)),
            Ok(Event::DocType(_)) => {
                return Err(ReportFault::Broken(
                    "it declares a document type, which no test report needs".into(),
                ));
            }
            Ok(Event::Eof) => return document.finish(),
            Ok(_) => {}
            Err(error) => {
                return Err(ReportFault::Broken(format!(
                    "it is not well-formed XML: {error}"
                )));
            }
        }
    }
}

/// The text of a character or predefined entity reference; any other stays as it is written.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.into();
    }
    match quick_xml::escape::resolve_predefined_entity(reference) {
        Some(text) => text.to_owned(),
        None => format!("&{};", &**reference),
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// An attribute's text; one with a reference that means nothing is taken as it is written.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| local(attribute.key.as_ref()) == name)?;
    let value = found
        .normalized_value(XmlVersion::Implicit1_0)
        .map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned);
    Some(value).filter(|value| !value.trim().is_empty())
}

fn number(element: &BytesStart<'_>, name: &str) -> Option<u64> {
    attribute(element, name)?.trim().parse().ok()
}

/// A report while it is read.
#[derive(Default)]
struct Document {
    /// Whether its first element was read.
    begun: bool,
    depth: usize,
    suites: Vec<Suite>,
    case: Option<Case>,
    /// The failure whose text is being read, and the depth it began at.
    failing: Option<(Failing, usize)>,
    tests: Tests,
}

/// A suite that is open.
struct Suite {
    name: String,
    file: Option<String>,
    /// How many failures it says it has, and how many were listed.
    declared: u64,
    listed: u64,
}

/// A test that is open.
#[derive(Default)]
struct Case {
    name: String,
    classname: Option<String>,
    file: Option<String>,
    line: Option<usize>,
    skipped: bool,
    /// Whether it may fail: Node's reporter lists the failure of an unfinished test beside that.
    todo: bool,
    repeated: bool,
    /// Whether an attribute calls it failed.
    called_failed: bool,
    failed: Option<Failing>,
}

/// What is said about a failure.
#[derive(Default)]
struct Failing {
    message: String,
    text: String,
}

impl Document {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), ReportFault> {
        let name = element.name();
        let name = local(name.as_ref());
        if self.depth == 0 && !matches!(name, "testsuites" | "testsuite") {
            return Err(ReportFault::Broken(format!(
                "it begins with `{}`, not with `testsuites` or `testsuite`",
                headline(name)
            )));
        }
        self.begun = true;
        self.depth += 1;
        match name {
            _ if self.failing.is_some() => {}
            "testsuites" | "testsuite" => self.suites.push(Suite::open(element)),
            "testcase" => self.case = Some(Case::open(element)),
            "failure" | "error" => {
                self.failing = Some((Failing::open(element), self.depth));
                self.list();
            }
            "skipped" => {
                let todo = attribute(element, "type").is_some_and(|kind| kind == "todo");
                self.with_case(|case| {
                    case.skipped = true;
                    case.todo |= todo;
                });
            }
            "flakyFailure" | "flakyError" => self.with_case(|case| case.repeated = true),
            _ => {}
        }
        Ok(())
    }

    /// Notes that a failure the open suite may count is there.
    fn list(&mut self) {
        if let Some(suite) = self.suites.last_mut() {
            suite.listed = suite.listed.saturating_add(1);
        }
    }

    fn with_case(&mut self, change: impl FnOnce(&mut Case)) {
        if let Some(case) = &mut self.case {
            change(case);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((failing, _)) = &mut self.failing {
            push_bounded(&mut failing.text, text);
        }
    }

    fn close(&mut self, name: &str) {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if let Some((failing, _)) = self.failing.take_if(|(_, began)| *began == depth) {
            return self.failed(failing);
        }
        match name {
            _ if self.failing.is_some() => {}
            "testcase" => self.close_case(),
            "testsuites" | "testsuite" => self.close_suite(),
            _ => {}
        }
    }

    /// A failure belongs to the open test; one beside the tests is the suite's own.
    fn failed(&mut self, failing: Failing) {
        match &mut self.case {
            Some(case) => {
                case.failed.get_or_insert(failing);
            }
            None => {
                let case = Case {
                    name: "the suite itself".into(),
                    failed: Some(failing),
                    ..Case::default()
                };
                self.count(case);
            }
        }
    }

    fn close_case(&mut self) {
        let Some(mut case) = self.case.take() else {
            return;
        };
        if case.called_failed && case.failed.is_none() {
            case.failed = Some(Failing::default());
            self.list();
        }
        self.count(case);
    }

    fn count(&mut self, mut case: Case) {
        let Some(failing) = case.failed.take().filter(|_| !case.todo) else {
            if case.skipped {
                self.tests.skipped = self.tests.skipped.saturating_add(1);
            } else {
                self.tests.passed = self.tests.passed.saturating_add(1);
                if case.repeated {
                    let name = self.name_of(&case);
                    self.tests.flaky.push(name);
                }
            }
            return;
        };
        let suite_file = self
            .suites
            .iter()
            .rev()
            .find_map(|suite| suite.file.clone());
        let name = self.name_of(&case);
        self.tests
            .fail(failing.into_failure(name, case, suite_file));
    }

    /// The class, or the suite where there is none, and the test.
    fn name_of(&self, case: &Case) -> String {
        let suite = self.suites.last().map(|suite| suite.name.as_str());
        let within = case.classname.as_deref().or(suite).unwrap_or_default();
        let name = clean(&case.name);
        if within.is_empty() || name.starts_with(within) {
            headline(&name)
        } else {
            headline(&format!("{} › {name}", clean(within)))
        }
    }

    fn close_suite(&mut self) {
        let Some(suite) = self.suites.pop() else {
            return;
        };
        if suite.declared > suite.listed {
            self.tests.faults.push(format!(
                "it counts {} failures in `{}` and lists {}",
                suite.declared,
                headline(&clean(&suite.name)),
                suite.listed
            ));
        }
        if let Some(parent) = self.suites.last_mut() {
            let listed = suite.listed.max(suite.declared);
            parent.listed = parent.listed.saturating_add(listed);
        }
    }

    fn finish(self) -> Result<Tests, ReportFault> {
        if !self.begun {
            return Err(ReportFault::Broken(
                "it has no `testsuites` or `testsuite`".into(),
            ));
        }
        if self.depth > 0 {
            return Err(ReportFault::Broken(
                "it ends in the middle, as if its writer had been stopped".into(),
            ));
        }
        Ok(self.tests)
    }
}

impl Suite {
    fn open(element: &BytesStart<'_>) -> Self {
        let count = |name| number(element, name).unwrap_or_default();
        Self {
            name: attribute(element, "name").unwrap_or_default(),
            file: attribute(element, "file").or_else(|| attribute(element, "filepath")),
            declared: count("failures").saturating_add(count("errors")),
            listed: 0,
        }
    }
}

impl Case {
    /// GoogleTest and CTest say `status` and `result` beside the elements.
    fn open(element: &BytesStart<'_>) -> Self {
        let says = |name: &str, words: &[&str]| {
            attribute(element, name).is_some_and(|value| words.contains(&value.as_str()))
        };
        Self {
            name: attribute(element, "name").unwrap_or_else(|| "a test without a name".into()),
            classname: attribute(element, "classname"),
            file: attribute(element, "file"),
            line: number(element, "line").and_then(|line| usize::try_from(line).ok()),
            skipped: says("status", &["notrun", "skipped", "disabled"])
                || says("result", &["skipped", "suppressed"]),
            todo: false,
            repeated: false,
            called_failed: says("status", &["fail", "failed"]) || says("result", &["failed"]),
            failed: None,
        }
    }
}

impl Failing {
    fn open(element: &BytesStart<'_>) -> Self {
        Self {
            message: attribute(element, "message")
                .or_else(|| attribute(element, "type"))
                .unwrap_or_default(),
            text: String::new(),
        }
    }

    fn into_failure(self, name: String, case: Case, suite_file: Option<String>) -> Failure {
        let details = clean(&self.text);
        let message = clean(&self.message);
        let file = case.file.or(suite_file);
        let mut places = places_in(&details);
        places.extend(places_in(&message));
        // Playwright begins with the relative place of the test; its traces have absolute paths.
        places.sort_by_key(|place| !place.is_absolute());
        // Playwright and Vitest name the file in `classname`, pytest writes its `line` from 0: what
        // the traces say goes first, what the attributes say is for want of better.
        let named = file
            .clone()
            .or_else(|| looks_like_a_file(case.classname.as_deref()));
        places.extend(named.clone().map(|file| Place {
            file,
            line: case.line.unwrap_or(1).max(1),
            column: 1,
        }));
        Failure {
            name,
            message: headline(if message.trim().is_empty() {
                &details
            } else {
                &message
            }),
            details,
            file: named,
            places,
        }
    }
}

fn looks_like_a_file(classname: Option<&str>) -> Option<String> {
    const ENDINGS: [&str; 12] = [
        "ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "vue", "py", "rb", "hurl",
    ];
    let name = classname?;
    let (_, ending) = name.rsplit_once('.')?;
    ENDINGS.contains(&ending).then(|| name.to_owned())
}

#[cfg(test)]
mod tests;
