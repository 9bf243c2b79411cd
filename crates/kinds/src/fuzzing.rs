//! Entries of the fuzz targets in `fuzz/`: there in builds with `--cfg fuzzing` alone, and no part
//! of the public interface.

use serde_json::Value as Json;
use tidegate_core::node::Node;
use tidegate_core::ports::http::Response;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::{Lookup, TemplateError};

use crate::expect::{Expectation, Received, Shown};

pub use crate::command::fuzzing::{REPORTS, ReportTexts};

/// Knows every secret and every value.
struct Anything;

impl Lookup for Anything {
    fn secret(&self, _: &str) -> Result<Sensitive, TemplateError> {
        Ok("s3cr${x}et".into())
    }

    fn value(&self, name: &str) -> Option<Json> {
        Some(Json::from(name))
    }
}

/// Holds the value of an `expect:` against a response: how many expectations were evaluated and how
/// many are not met; `None` when it is no expectation.
pub fn judge(expectation: &Node, response: &Response) -> Option<(u32, usize)> {
    let expected = Expectation::parse(expectation).ok()?;
    expected.templates();
    let received = Received::new(response, &Vec::new);
    let shown = Shown::new("tidegate-00c0ffee", response.status.is_multiple_of(2));
    let judgement = expected.judge(&received, &expectation.span, &shown, &Anything);
    let judgement = judgement.ok()?;
    Some((judgement.evaluated, judgement.unmet.len()))
}

/// Looks for keys and passwords in a text, whole and in pieces of `piece` bytes, and says how many it
/// saw.
///
/// # Panics
/// When the two ways do not agree.
pub fn scan(text: &[u8], piece: usize) -> usize {
    let Some(scanner) = crate::scan::Scanner::built_in() else {
        return 0;
    };
    let whole = scanner.scan(text);
    let mut stream = crate::scan::Stream::new(scanner, piece);
    let pieces = stream
        .run(&mut &text[..])
        .map_or(0, |(found, _)| found.len());
    assert_eq!(whole.len(), pieces, "whole and piece by piece");
    whole.len()
}

/// Looks through folders of files and says how many bytes and sightings there were.
pub fn probe(paths: &[std::path::PathBuf]) -> (u64, usize) {
    let scanner = crate::scan::Scanner::built_in().unwrap();
    let mut stream = crate::scan::Stream::new(scanner, crate::scan::PIECE);
    let mut total = 0;
    let mut count = std::collections::BTreeMap::<String, usize>::new();
    for path in paths {
        let mut file = std::fs::File::open(path).unwrap();
        let (found, bytes) = stream.run(&mut file).unwrap();
        total += bytes;
        for f in &found {
            *count.entry(f.sighting.slug().to_owned()).or_default() += 1;
            if std::env::var_os("SHOW").is_some() {
                eprintln!(
                    "{} {}:{} {:?} {}",
                    f.sighting.slug(),
                    path.display(),
                    f.line,
                    f.sighting.class,
                    f.sighting.binding.clone().unwrap_or_default()
                );
            }
        }
    }
    eprintln!("{count:#?}");
    (total, count.values().sum())
}
