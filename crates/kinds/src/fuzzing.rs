//! Entries of the fuzz targets in `fuzz/`: there in builds with `--cfg fuzzing` alone, and no part
//! of the public interface.

use serde_json::Value as Json;
use tidegate_core::node::Node;
use tidegate_core::ports::http::Response;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::{Lookup, TemplateError};

use crate::expect::{Expectation, Received, Shown};

pub use crate::command::fuzzing::{REPORTS, ReportTexts};
pub use crate::secrets::fuzzing::read_artifact;

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
