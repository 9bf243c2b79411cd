//! What an agency edits in a week in the gate file of the example portal: what is told of each edit,
//! and which ones are nothing to tell.

mod table;

use std::io;
use std::path::Path;

use tidegate_config::{Reader, State, Text, Written, compare};
use tidegate_core::baseline::Baseline;
use tidegate_core::finding::Finding;
use tidegate_core::registry::Registry;

use table::{INNOCENT, TOLD};

const GATE: &str = include_str!("../../examples/client-portal/tidegate.yaml");

/// One gate file and nothing beside it.
struct Alone<'g>(&'g str);

impl Reader for Alone<'_> {
    fn read(&self, _: &Path, _: usize) -> io::Result<Vec<u8>> {
        Ok(self.0.as_bytes().to_vec())
    }
}

fn written(text: &str, registry: &Registry) -> Written {
    let read = Written::read(&Text {
        path: Path::new("tidegate.yaml"),
        name: None,
        registry,
        packs: &tidegate_packs::Packs,
        reader: &Alone(text),
    });
    read.unwrap_or_else(|error| panic!("{:?}\n{text}", error.diagnostics))
}

/// Replaces texts that each stand in the gate file, and tells what becomes of it.
fn told(edits: Edit, registry: &Registry) -> Vec<String> {
    told_of(GATE, edits, registry)
}

/// The same of another gate file.
fn told_of(gate: &str, edits: Edit, registry: &Registry) -> Vec<String> {
    let mut text = gate.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "`{old}` is not in the gate");
        text = text.replacen(old, new, 1);
    }
    let baseline = Baseline::default();
    let (before, after) = (written(gate, registry), written(&text, registry));
    let state = |gate| State {
        gate,
        baseline: &baseline,
        pinned: &[],
    };
    let findings = compare(state(&before), state(&after), "local", registry);
    let line = |finding: &Finding| {
        let sort = finding.code.as_str().trim_start_matches("gate/");
        format!("{sort}: {}", finding.title)
    };
    findings.iter().map(line).collect()
}

/// An edit, as replacements in the gate file.
type Edit = &'static [(&'static str, &'static str)];

#[test]
fn edits_that_take_nothing_from_the_gate_are_not_told() {
    let registry = tidegate_kinds::registry();
    for (what, edits) in INNOCENT {
        let told = told(edits, &registry);
        assert!(told.is_empty(), "{what}: {told:#?}");
    }
}

#[test]
fn edits_that_take_something_from_the_gate_are_told() {
    let registry = tidegate_kinds::registry();
    let mut table = String::new();
    for (what, edits) in TOLD {
        let told = told(edits, &registry);
        assert!(!told.is_empty(), "{what}");
        table.push_str(&format!("{what}\n  {}\n", told.join("\n  ")));
    }
    insta::assert_snapshot!(table);
}

/// A comparison of two deploys, which the example has no old one for.
const COMPARED: &str = "
version: 1
name: acme
environments:
  preview: { kind: preview, url: https://preview.acme.example }
  production: { url: https://portal.acme.example }
checks:
  not-slower:
    regression:
      old: production
      routes:
        - { get: /api/records }
        - { get: /api/search }
      tolerance: 10%
      samples: 200
      within: 5m
";

#[test]
fn a_comparison_that_asks_less_is_told() {
    let registry = tidegate_kinds::registry();
    let edits: &[(Edit, &str)] = &[
        (&[("tolerance: 10%", "tolerance: 30%")], "weakened: "),
        (&[("tolerance: 10%", "visible: 3")], "weakened: "),
        (&[("samples: 200", "samples: 50")], "weakened: "),
        (
            &[("      samples: 200\n", "      samples: 100\n")],
            "weakened: ",
        ),
        (&[("        - { get: /api/search }\n", "")], "weakened: "),
        (
            &[(
                "old: production",
                "old: { reference: true, control: { get: /health } }",
            )],
            "changed: ",
        ),
        (&[("tolerance: 10%", "percentile: p50")], "weakened: "),
    ];
    for (edit, expected) in edits {
        let told = told_of(COMPARED, edit, &registry);
        assert!(
            told.iter().any(|line| line.starts_with(expected)),
            "{edit:?}: {told:#?}"
        );
    }
    let innocent: &[Edit] = &[
        &[("tolerance: 10%\n", "tolerance: 5%\n      visible: 1.4\n")],
        &[("      samples: 200\n", "")],
        &[(
            "within: 5m",
            "within: 10m\n      rate: 5\n      warm-up: 10",
        )],
    ];
    for edit in innocent {
        let told = told_of(COMPARED, edit, &registry);
        assert!(told.is_empty(), "{edit:?}: {told:#?}");
    }
}

/// Plugins with limits and grants.
const PLUGINS: &str = "
version: 1
name: acme
environments: { local: { kind: local, url: http://127.0.0.1:9 } }
plugins:
  invoice-totals:
    path: plugins/invoice-totals.wasm
    grant: { target: read, files: [exports/*.csv] }
    limits: { memory: 128MiB, time: 30s, requests: 50, traffic: 8MiB, reading: 8MiB, findings: 10, log: 10 }
";

#[test]
fn a_plugin_that_may_use_more_or_do_another_thing_is_told() {
    let registry = tidegate_kinds::registry();
    let raised: [Edit; 8] = [
        &[("memory: 128MiB", "memory: 1GiB")],
        &[("memory: 128MiB, ", "")],
        &[("time: 30s", "time: 5m")],
        &[("requests: 50", "requests: 51")],
        &[("traffic: 8MiB", "traffic: 9MiB")],
        &[("reading: 8MiB", "reading: 1GB")],
        &[("findings: 10", "findings: 11")],
        &[("log: 10", "log: 100")],
    ];
    for edit in raised {
        let told = told_of(PLUGINS, edit, &registry);
        assert_eq!(told.len(), 1, "{edit:?}: {told:#?}");
        assert!(told[0].starts_with("weakened: `limits."), "{told:#?}");
    }
    let others: [(Edit, &str); 4] = [
        (&[("target: read", "target: write")], "changed: "),
        (&[("exports/*.csv", "exports/*.csv, \"**\"")], "changed: "),
        (&[("target: read, ", "")], "weakened: "),
        (&[("path: plugins", "path: others")], "changed: "),
    ];
    for (edit, expected) in others {
        let told = told_of(PLUGINS, edit, &registry);
        assert!(told[0].starts_with(expected), "{edit:?}: {told:#?}");
    }
    let innocent: [Edit; 2] = [
        &[("128MiB", "64MiB")],
        &[("requests: 50", "requests: 5"), ("log: 10", "log: 1")],
    ];
    for edit in innocent {
        let told = told_of(PLUGINS, edit, &registry);
        assert!(told.is_empty(), "{edit:?}: {told:#?}");
    }
}
