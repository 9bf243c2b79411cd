//! What is told when a check of latency asks less.

use crate::bench::between;

const GATE: &str = r#"version: 1
name: acme
environments:
  preview: { kind: preview, url: "https://preview.acme.example" }
checks:
  quick:
    latency:
      routes:
        - { get: /api/records, p95: 300ms, size: 200kB, status: 200 }
        - get: /api/list?limit=100
          growth: { from: "/api/list?limit=10", at-most: 3 }
        - { get: /api/plain }
      samples: 1000
      within: 2m
      rate: 20
      warm-up: 5
  crowd:
    latency: { get: /api/records, p95: 800ms, clients: 30, for: 10s }
"#;

fn told(old: &str, new: &str) -> Vec<String> {
    assert!(GATE.contains(old), "`{old}` is not in the gate");
    let findings = between(GATE, &GATE.replacen(old, new, 1));
    let line = |finding: &tidegate_core::finding::Finding| {
        let sort = finding.code.as_str().trim_start_matches("gate/");
        format!("{sort}: {}", finding.title)
    };
    findings.iter().map(line).collect()
}

#[test]
fn less_that_is_asked_of_times_is_told() {
    for (old, new, expected) in [
        ("p95: 300ms", "p95: 400ms", "was raised from 300ms to 400ms"),
        (", p95: 300ms", "", "was raised from 300ms to 500ms"),
        (
            "get: /api/plain",
            "get: /api/plain, p95: 5s",
            "`p95` in `GET /api/plain` in `routes` of the check `quick` was raised from 500ms to 5s",
        ),
        (
            "get: /api/plain",
            "get: /api/plain, p99: 5s",
            "`p95` in `GET /api/plain` in `routes` of the check `quick` was removed",
        ),
        (
            "get: /api/plain",
            "get: /api/plain, growth: { from: /api/less, at-most: 3 }",
            "was removed",
        ),
        ("size: 200kB", "size: 1MB", "was raised from 200kB to 1MB"),
        ("at-most: 3", "at-most: 9", "was raised from 3 to 9"),
        (
            "samples: 1000",
            "samples: 100",
            "was lowered from 1000 to 100",
        ),
        (
            "      samples: 1000\n      within: 2m",
            "      within: 10s",
            "was lowered from 2m to 10s",
        ),
        ("clients: 30", "clients: 3", "was lowered from 30 to 3"),
        (", clients: 30, for: 10s", "", "was removed"),
        ("for: 10s", "for: 2s", "was lowered from 10s to 2s"),
        ("warm-up: 5", "warm-up: 40", "was raised from 5 to 40"),
    ] {
        let told = told(old, new);
        let is_told = told
            .iter()
            .any(|line| line.starts_with("weakened: ") && line.contains(expected));
        assert!(is_told, "{old} → {new}: {told:#?}");
    }
}

#[test]
fn more_that_is_asked_of_times_is_not_told() {
    for (old, new) in [
        ("p95: 300ms", "p95: 200ms"),
        ("p95: 300ms", "p95: 300ms, p99: 900ms"),
        ("get: /api/plain", "get: /api/plain, p95: 500ms"),
        ("get: /api/plain", "get: /api/plain, p50: 200ms, p95: 400ms"),
        ("p95: 800ms, ", ""),
        ("size: 200kB", "size: 100kB"),
        ("at-most: 3", "at-most: 2"),
        ("      samples: 1000\n", ""),
        ("within: 2m", "within: 4m"),
        ("rate: 20", "rate: 10"),
        ("clients: 30", "clients: 60"),
        ("for: 10s", "for: 20s"),
        ("warm-up: 5", "warm-up: 1"),
    ] {
        let told = told(old, new);
        assert!(told.is_empty(), "{old} → {new}: {told:#?}");
    }
}
