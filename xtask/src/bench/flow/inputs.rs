//! The files that both programs read.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// The ten steps for Tidegate.
pub(crate) const FLOW_GATE: &str = "flow.yaml";
/// The ten steps for hurl.
pub(crate) const FLOW_HURL: &str = "flow.hurl";
/// The gate file with [`LARGE`] checks.
pub(crate) const LARGE_GATE: &str = "large.yaml";
/// The gate file with [`MANY`] flows.
pub(crate) const MANY_GATE: &str = "many.yaml";
/// The folder with [`MANY`] hurl files.
pub(crate) const MANY_HURL: &str = "many";

/// How many checks the large gate file has.
const LARGE: u32 = 500;
/// How many flows the throughput is measured with.
pub(crate) const MANY: u32 = 1000;

/// The gate with the ten steps.
pub(crate) const FLOW: &str = include_str!("../../../bench/flow.yaml");

const HEAD: &str = "\
version: 1
name: bench
environments:
  local:
    kind: local
    url: ${PORTAL_URL}
variables: { PORTAL_URL: {} }

checks:
";

/// One of the many flows; `NUMBER` makes it a check of its own.
const SHORT_FLOW: &str = r"  flow-NUMBER:
    flow:
      - get: /health
        expect: { status: 200, json: { $.status: ok } }
      - get: /
        expect: { status: 200, headers: { content-type: { starts-with: text/html } } }
      - get: /api/me
        expect: { status: 401, json: { $.error.code: unauthenticated } }
";

const SHORT_HURL: &str = r#"GET {{url}}/health
HTTP 200
[Asserts]
jsonpath "$.status" == "ok"

GET {{url}}/
HTTP 200
[Asserts]
header "content-type" startsWith "text/html"

GET {{url}}/api/me
HTTP 401
[Asserts]
jsonpath "$.error.code" == "unauthenticated"
"#;

/// Writes every file into the folder.
///
/// # Errors
/// [`Failure::Io`] when a file cannot be written.
pub(crate) fn write(folder: &Path) -> Result<(), Failure> {
    let file = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(Failure::io(format!("write {name}")))
    };
    file(FLOW_GATE, FLOW)?;
    file(FLOW_HURL, include_str!("../../../bench/flow.hurl"))?;
    file(LARGE_GATE, &gate(LARGE))?;
    file(MANY_GATE, &many())?;
    fs::create_dir(folder.join(MANY_HURL)).map_err(Failure::io("make a folder"))?;
    (0..MANY).try_for_each(|number| file(&format!("{MANY_HURL}/{number:04}.hurl"), SHORT_HURL))
}

/// The gate with [`MANY`] flows.
pub(crate) fn many() -> String {
    gate(MANY)
}

fn gate(checks: u32) -> String {
    (0..checks).fold(HEAD.to_owned(), |mut text, number| {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{}",
            SHORT_FLOW.replace("NUMBER", &number.to_string())
        );
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_gate_has_as_many_checks_as_it_says() {
        assert_eq!(gate(LARGE).matches("\n  flow-").count(), 500);
    }

    #[test]
    fn both_programs_get_the_same_requests_and_asserts() {
        let gate = FLOW;
        let hurl = include_str!("../../../bench/flow.hurl");
        for method in ["get", "post", "patch", "delete"] {
            let ours = gate.matches(&format!("\n        {method}: /")).count();
            let theirs = hurl
                .matches(&format!("\n{} {{{{url}}}}", method.to_uppercase()))
                .count();
            assert_eq!(ours, theirs, "{method}");
        }
        let ours = gate.matches("$.").count();
        let theirs = hurl.matches("jsonpath \"$.").count();
        assert_eq!(ours, theirs, "JSONPaths in asserts and captures");
    }
}
