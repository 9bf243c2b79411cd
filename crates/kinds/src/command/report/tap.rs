//! Reads the Test Anything Protocol, versions 13 and 14 (testanything.org), subtests included.

use std::collections::BTreeSet;

use super::{Failure, Place, ReportFault, Tests, headline, places_in, push_bounded};
use crate::command::output::clean;

/// How far a subtest is indented against the test it belongs to.
const INDENT: usize = 4;

/// Subtests deeper than this are read as text.
const DEEPEST: usize = 64;

/// Reads a report; what is no TAP in it is passed over, as the protocol asks.
pub(in crate::command) fn read(bytes: &[u8]) -> Result<Tests, ReportFault> {
    let text = String::from_utf8_lossy(bytes);
    let mut document = Document::default();
    for line in text.trim_start_matches('\u{feff}').lines() {
        document.line(line.trim_end());
    }
    document.finish()
}

/// A report while it is read.
#[derive(Default)]
struct Document {
    /// The open levels, the outermost first.
    levels: Vec<Level>,
    /// A failure whose diagnostics may still follow, and its level.
    pending: Option<(usize, Pending)>,
    /// The indentation of the YAML block that is open.
    block: Option<usize>,
    tests: Tests,
    seen: bool,
}

/// One list of tests: the whole report or a subtest.
#[derive(Default)]
struct Level {
    /// The names of the tests around it.
    title: Option<String>,
    plan: Option<u64>,
    numbers: BTreeSet<u64>,
    points: u64,
    failed: u64,
}

#[derive(Default)]
struct Pending {
    name: String,
    yaml: String,
}

/// What a line of the protocol says.
enum Line<'l> {
    Plan(u64),
    Point(Point<'l>),
    BailOut(&'l str),
    Subtest(&'l str),
    Diagnostic(&'l str),
}

/// A test and how it went.
struct Point<'l> {
    ok: bool,
    number: Option<u64>,
    description: &'l str,
    directive: Option<Directive>,
}

#[derive(PartialEq)]
enum Directive {
    Skip,
    Todo,
}

impl Document {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if self.in_block(indent, text) {
            return;
        }
        let level = indent / INDENT;
        let parsed = (indent.is_multiple_of(INDENT) && level < DEEPEST)
            .then(|| parse(text))
            .flatten();
        match parsed {
            Some(Line::Plan(count)) => {
                self.settle();
                self.at(level).plan = Some(count);
            }
            Some(Line::Point(point)) => self.point(level, &point),
            Some(Line::BailOut(reason)) => self.bail_out(reason),
            Some(Line::Subtest(title)) => self.subtest(level, title),
            Some(Line::Diagnostic(text)) => self.diagnostic(text),
            None => {}
        }
    }

    /// Whether the line belongs to a block of YAML, which follows a test two columns further in.
    fn in_block(&mut self, indent: usize, text: &str) -> bool {
        let Some(began) = self.block else {
            let opens = text == "---" && indent > 0 && self.seen;
            self.block = opens.then_some(indent);
            return opens;
        };
        let ends = text == "..." && indent <= began;
        if ends || (indent < began && !text.is_empty()) {
            self.block = None;
            return ends;
        }
        if let Some((_, pending)) = &mut self.pending {
            push_bounded(&mut pending.yaml, text);
            push_bounded(&mut pending.yaml, "\n");
        }
        true
    }

    /// The list at a level; deeper ones stay until the test they belong to is read.
    fn at(&mut self, level: usize) -> &mut Level {
        self.seen = true;
        while self.levels.len() <= level {
            self.levels.push(Level::default());
        }
        &mut self.levels[level]
    }

    fn point(&mut self, level: usize, point: &Point<'_>) {
        self.settle();
        let own = self.name(level, point);
        let inner = self.close_below(level);
        let list = self.at(level);
        list.points += 1;
        let number = point.number.unwrap_or(list.points);
        let repeated = !list.numbers.insert(number);
        if repeated {
            self.tests
                .faults
                .push(format!("test number {number} is there twice"));
        }
        let excused = point.directive == Some(Directive::Todo);
        let failed = !point.ok && !excused;
        self.at(level).failed += u64::from(failed);
        match (failed, &point.directive) {
            // The subtests that failed were counted; their parent says so once more.
            (true, _) if inner.is_some_and(|inner| inner > 0) => {}
            (true, _) => {
                self.pending = Some((
                    level,
                    Pending {
                        name: own,
                        yaml: String::new(),
                    },
                ));
            }
            (false, Some(_)) => self.tests.skipped = self.tests.skipped.saturating_add(1),
            (false, None) if inner.is_none() => {
                self.tests.passed = self.tests.passed.saturating_add(1);
            }
            (false, None) => {}
        }
    }

    /// The names of the subtests around a test, and its own.
    fn name(&self, level: usize, point: &Point<'_>) -> String {
        let around = self.levels.get(1..=level).unwrap_or_default();
        let own = if point.description.is_empty() {
            format!("test {}", point.number.unwrap_or_default())
        } else {
            clean(&point.description.replace("\\#", "#"))
        };
        let names = around.iter().filter_map(|list| list.title.clone());
        headline(&names.chain([own]).collect::<Vec<_>>().join(" › "))
    }

    /// Ends the subtests below a level; how many of their tests failed, `None` without any.
    fn close_below(&mut self, level: usize) -> Option<u64> {
        let mut failed = None;
        while self.levels.len() > level + 1 {
            let Some(list) = self.levels.pop() else { break };
            self.check_plan(&list);
            if list.points > 0 {
                failed = Some(failed.unwrap_or_default() + list.failed);
            }
        }
        failed
    }

    fn check_plan(&mut self, list: &Level) {
        let place = match &list.title {
            Some(title) => format!("in `{}` ", headline(title)),
            None => String::new(),
        };
        let fault = match list.plan {
            None if list.points == 0 => return,
            None => format!("{place}it has no plan, as if its writer had been stopped"),
            Some(planned) if planned != list.points => {
                format!("{place}it plans {planned} tests and lists {}", list.points)
            }
            Some(planned) if list.numbers.last().is_some_and(|last| *last > planned) => {
                format!("{place}it lists a test beyond the {planned} of its plan")
            }
            Some(_) => return,
        };
        self.tests.faults.push(fault);
    }

    fn bail_out(&mut self, reason: &str) {
        self.seen = true;
        let reason = headline(&clean(reason));
        self.tests.faults.push(if reason.is_empty() {
            "the suite bailed out".into()
        } else {
            format!("the suite bailed out: {reason}")
        });
    }

    /// A `# Subtest` comment stands before its tests, indented like them or like their parent.
    fn subtest(&mut self, level: usize, title: &str) {
        self.settle();
        let title = clean(title);
        let inside = match self.levels.get(level) {
            Some(list) if list.points == 0 && level > 0 && list.title.is_none() => level,
            None if level > 0 => level,
            _ => level + 1,
        };
        self.close_below(inside.saturating_sub(1));
        self.at(inside).title = Some(title);
    }

    fn diagnostic(&mut self, text: &str) {
        if let Some((_, pending)) = &mut self.pending {
            push_bounded(&mut pending.yaml, text);
            push_bounded(&mut pending.yaml, "\n");
        }
    }

    /// Counts the failure whose diagnostics have ended.
    fn settle(&mut self) {
        if let Some((_, pending)) = self.pending.take() {
            self.tests.fail(pending.into_failure());
        }
    }

    fn finish(mut self) -> Result<Tests, ReportFault> {
        if !self.seen {
            return Err(ReportFault::Empty);
        }
        self.settle();
        while let Some(list) = self.levels.pop() {
            self.check_plan(&list);
        }
        Ok(self.tests)
    }
}

impl Pending {
    fn into_failure(self) -> Failure {
        let details = clean(&self.yaml);
        let value = |key: &str| yaml_value(&details, key);
        let line = |key: &str| value(key).and_then(|text| text.parse::<usize>().ok());
        let file = value("file").or_else(|| value("fileName"));
        let mut places: Vec<Place> = file
            .iter()
            .zip(line("line").or_else(|| line("lineNumber")))
            .map(|(file, line)| Place {
                file: file.clone(),
                line: line.max(1),
                column: line_column(&details),
            })
            .collect();
        places.extend(places_in(&details));
        let message = ["error", "message", "failureType"]
            .into_iter()
            .find_map(value)
            .unwrap_or_default();
        Failure {
            name: self.name,
            // What is cut out of a line may begin one.
            message: headline(&clean(&message)),
            file,
            places,
            details,
        }
    }
}

fn line_column(yaml: &str) -> usize {
    yaml_value(yaml, "column")
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
        .max(1)
}

/// The value of the first plain or quoted scalar under a key, or the first line of a block scalar.
fn yaml_value(yaml: &str, key: &str) -> Option<String> {
    let mut lines = yaml.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(value) = line
            .strip_prefix(key)
            .and_then(|rest| rest.strip_prefix(':'))
        else {
            continue;
        };
        let value = value.trim();
        let value = if matches!(value, "|" | "|-" | "|+" | ">" | ">-") {
            lines.next().unwrap_or_default()
        } else {
            value
        };
        let bare = value.trim_matches(['\'', '"']);
        return (!bare.is_empty()).then(|| bare.to_owned());
    }
    None
}

fn parse(text: &str) -> Option<Line<'_>> {
    if let Some(reason) = text.strip_prefix("Bail out!") {
        return Some(Line::BailOut(reason));
    }
    if let Some(title) = text.strip_prefix("# Subtest") {
        return Some(Line::Subtest(title.trim_start_matches(':').trim()));
    }
    if let Some(comment) = text.strip_prefix('#') {
        return Some(Line::Diagnostic(comment.trim_start()));
    }
    if let Some(rest) = text.strip_prefix("1..") {
        let digits = rest.split(|next: char| !next.is_ascii_digit()).next()?;
        return digits.parse().ok().map(Line::Plan);
    }
    let (ok, rest) = match text.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix("ok")?),
    };
    // `okay` is no test point.
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    Some(Line::Point(point(ok, rest.trim_start())))
}

fn point(ok: bool, rest: &str) -> Point<'_> {
    let digits = rest.len()
        - rest
            .trim_start_matches(|next: char| next.is_ascii_digit())
            .len();
    let (number, rest) = rest.split_at(digits);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    let (description, directive) = split_directive(rest);
    Point {
        ok,
        number: number.parse().ok(),
        description: description.trim(),
        directive,
    }
}

/// Splits `# TODO` or `# SKIP` off the end of a description; `\#` is no comment.
fn split_directive(text: &str) -> (&str, Option<Directive>) {
    for (at, _) in text.match_indices('#') {
        let escaped = text[..at]
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count()
            % 2
            == 1;
        if escaped {
            continue;
        }
        let word = text[at + 1..].trim_start();
        let word = word.split(|next: char| !next.is_ascii_alphabetic()).next();
        let directive = match word.map(str::to_ascii_lowercase).as_deref() {
            Some("todo") => Directive::Todo,
            Some("skip" | "skipped") => Directive::Skip,
            _ => continue,
        };
        return (&text[..at], Some(directive));
    }
    (text, None)
}

#[cfg(test)]
mod tests;
