//! A gate with something of everything, and what is told of an edit of it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tidegate_config::{Reader, State, Text, Written, compare};
use tidegate_core::baseline::Baseline;
use tidegate_core::finding::Finding;

use crate::support::{Packs, registry};

pub(crate) const GATE: &str = r#"version: 1
name: acme
environments:
  preview: { kind: preview, url: "https://preview.acme.example", rate: 20 }
  production: { url: "https://portal.acme.example" }
apis: { db: { url: "https://db.acme.example" } }
variables: { LIMIT: 300ms }
openapi: openapi.yaml
identities:
  anna: { tenant: acme, role: member, bearer: "${ANNA_TOKEN}" }
  boris: { tenant: globex, role: member, bearer: "${BORIS_TOKEN}" }
observers:
  watch: { undocumented-fields: block, without: [generic] }
checks:
  home:
    severity: high
    covers: ["src/**"]
    flow:
      - name: the home page loads
        get: /
        expect: { status: 200, time: { lt: 500ms }, json: { $.status: ok, $.count: { gte: 1, lte: 10 } } }
      - post: /api/records
        json: { title: "${unique}" }
        expect: 201
  fast:
    latency: { get: /api/records, p95: "${LIMIT}" }
  apart:
    isolation:
      owner: anna
      attackers: [boris, greta]
      absent-from: [/api/records, /api/search]
      skip: [PATCH /api/records]
      create: { post: /api/records, json: { title: a } }
  doors:
    access:
      public: [GET /]
      routes: { GET /api/records: all, PUT /api/plan: [anna] }
  suite:
    command: { run: npx playwright test, junit: results.xml, min-tests: 5 }
  keys:
    secrets: { tree: true }
  logins:
    throttle: { tries: 10 }
policy: { levels: { probe/wrong: deny } }
waivers:
  - { code: probe/wrong, check: home, owner: mia, reason: vendor, expires: 2026-12-31 }
"#;

pub(crate) struct Files(pub(crate) BTreeMap<PathBuf, String>);

impl Reader for Files {
    fn read(&self, path: &Path, _: usize) -> io::Result<Vec<u8>> {
        let text = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }
}

pub(crate) fn written(text: &str, packs: &[(&str, &str)]) -> Written {
    let packs = packs
        .iter()
        .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()));
    let gate = [(PathBuf::from("tidegate.yaml"), text.to_owned())];
    let read = Written::read(&Text {
        path: Path::new("tidegate.yaml"),
        name: None,
        registry: &registry(),
        packs: &Packs,
        reader: &Files(gate.into_iter().chain(packs).collect()),
    });
    read.unwrap_or_else(|error| panic!("{:?}\n{text}", error.diagnostics))
}

pub(crate) fn compared(before: &Written, after: &Written) -> Vec<Finding> {
    let baseline = Baseline::default();
    let state = |gate| State {
        gate,
        baseline: &baseline,
        pinned: &[],
    };
    compare(state(before), state(after), "preview", &registry())
}

pub(crate) fn between(before: &str, after: &str) -> Vec<Finding> {
    compared(&written(before, &[]), &written(after, &[]))
}

/// What is told of an edit of the gate file: `weakened` or `changed`, and the sentence.
#[track_caller]
pub(crate) fn told(edits: &[(&str, &str)]) -> Vec<String> {
    let mut text = GATE.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "`{old}` is not in the gate");
        text = text.replacen(old, new, 1);
    }
    let line = |finding: &Finding| {
        let sort = finding.code.as_str().trim_start_matches("gate/");
        format!("{sort}: {}", finding.title)
    };
    between(GATE, &text).iter().map(line).collect()
}

pub(crate) const NOTHING: &[&str] = &[];
