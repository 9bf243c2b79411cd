//! Plugins: what they are granted, how much they may use, and which components they are.

use tidegate_config::{State, compare};
use tidegate_core::baseline::Baseline;
use tidegate_core::meta::Severity;
use tidegate_core::plugin::Pinned;

use crate::bench::{NOTHING, written};
use crate::support::registry;

const GATE: &str = "version: 1
name: acme
environments: { preview: { kind: preview, url: \"https://preview.acme.example\" } }
plugins:
  totals:
    path: plugins/totals.wasm
    grant:
      target: read
      hosts: [https://api.stripe.com]
      secrets: { STRIPE_KEY: https://api.stripe.com }
      files: [exports/**/*.csv, reports/*.html]
    limits: { memory: 512MiB, requests: 100 }
  other: { path: plugins/other.wasm }
";

fn pinned() -> Pinned {
    Pinned {
        name: "totals".to_owned(),
        version: "1.2.0".to_owned(),
        sha256: "ab".repeat(32),
        codes: vec![
            ("total-differs".to_owned(), Severity::High),
            ("tax-missing".to_owned(), Severity::Medium),
        ],
        asks: vec!["reads".to_owned()],
    }
}

fn told_of(edits: &[(&str, &str)], after: &Pinned) -> Vec<String> {
    let mut text = GATE.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "`{old}` is not in the gate");
        text = text.replacen(old, new, 1);
    }
    let (old, new) = (written(GATE, &[]), written(&text, &[]));
    let baseline = Baseline::default();
    let (before, after) = ([pinned()], [after.clone()]);
    let state = |gate, pinned| State {
        gate,
        baseline: &baseline,
        pinned,
    };
    let findings = compare(
        state(&old, &before[..]),
        state(&new, &after[..]),
        "preview",
        &registry(),
    );
    let line = |finding: &tidegate_core::finding::Finding| {
        let sort = finding.code.as_str().trim_start_matches("gate/").to_owned();
        format!("{sort}: {}", finding.title)
    };
    findings.iter().map(line).collect()
}

#[test]
fn what_a_gate_file_says_of_a_plugin_leads_one_way() {
    let less = "weakened: The plugin `totals` is granted less, and may miss what it found";
    let more = "changed: The plugin `totals` is granted more";
    for (old, new, expected) in [
        ("target: read", "target: write", more),
        ("      target: read\n", "", less),
        (
            "[https://api.stripe.com]",
            "[https://api.stripe.com, https://x.example]",
            more,
        ),
        (", reports/*.html]", "]", less),
        ("reports/*.html", "reports/*.html, \"**/*.key\"", more),
        (
            "KEY: https://api.stripe.com",
            "KEY: [https://api.stripe.com, target]",
            more,
        ),
        (
            "512MiB",
            "1GiB",
            "weakened: `limits.memory` of the plugin `totals` was raised from 512MiB to 1GiB",
        ),
        (
            "requests: 100",
            "time: 2m",
            "weakened: `limits.requests` of the plugin `totals` was raised from 100 to 200",
        ),
        (
            "  other: { path: plugins/other.wasm }\n",
            "",
            "changed: The plugin `other` was removed",
        ),
        (
            "plugins/other.wasm",
            "plugins/mine.wasm",
            "changed: The plugin `other` comes from another place",
        ),
        (
            "  other:",
            "  more: { path: a.wasm, grant: { recorded: true } }\n  other:",
            "changed: The plugin `more` was added",
        ),
    ] {
        let told = told_of(&[(old, new)], &pinned());
        assert!(
            told.contains(&expected.to_owned()),
            "{old} → {new}: {told:#?}"
        );
    }
    for (old, new) in [
        ("512MiB", "256MiB"),
        (
            "    limits: { memory: 512MiB, requests: 100 }\n",
            "    limits: { memory: 512MiB, requests: 100, log: 10 }\n",
        ),
        (
            "[exports/**/*.csv, reports/*.html]",
            "[reports/*.html, exports/**/*.csv]",
        ),
    ] {
        assert_eq!(told_of(&[(old, new)], &pinned()), NOTHING, "{old} → {new}");
    }
}

#[test]
fn what_the_lock_file_says_of_a_plugin_is_held_against_the_base() {
    let same = pinned();
    assert_eq!(told_of(&[], &same), NOTHING);
    let mut other = pinned();
    other.sha256 = "cd".repeat(32);
    other.version = "1.3.0".to_owned();
    other.asks.push("sends".to_owned());
    other.codes[0].1 = Severity::Low;
    other.codes.truncate(1);
    assert_eq!(
        told_of(&[], &other),
        [
            "weakened: The plugin `totals` takes `total-differs` less seriously",
            "weakened: The plugin `totals` no longer finds `tax-missing`",
            "changed: The plugin `totals` is another component",
            "changed: The plugin `totals` asks for more",
        ]
    );
    let mut stricter = pinned();
    stricter.codes[1].1 = Severity::Critical;
    stricter.codes.push(("late".to_owned(), Severity::Low));
    stricter.asks.clear();
    assert_eq!(told_of(&[], &stricter), NOTHING);
}
