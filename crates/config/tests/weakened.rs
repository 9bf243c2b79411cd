//! What a change makes less strict in its own gate, each with an edit that is told and one that is not.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use support::{Packs, registry};
use tidegate_config::{Reader, State, Text, Written, compare};
use tidegate_core::baseline::{Baseline, Known};
use tidegate_core::finding::Finding;
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::meta::Level;
use tidegate_core::name::Code;

const GATE: &str = r#"version: 1
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

struct Files(BTreeMap<PathBuf, String>);

impl Reader for Files {
    fn read(&self, path: &Path, _: usize) -> io::Result<Vec<u8>> {
        let text = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }
}

fn written(text: &str, packs: &[(&str, &str)]) -> Written {
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

fn compared(before: &Written, after: &Written) -> Vec<Finding> {
    let baseline = Baseline::default();
    let state = |gate| State {
        gate,
        baseline: &baseline,
    };
    compare(state(before), state(after), "preview", &registry())
}

fn between(before: &str, after: &str) -> Vec<Finding> {
    compared(&written(before, &[]), &written(after, &[]))
}

/// What is told of an edit of the gate file: `weakened` or `changed`, and the sentence.
#[track_caller]
fn told(edits: &[(&str, &str)]) -> Vec<String> {
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

const NOTHING: &[&str] = &[];

#[test]
fn a_check_that_is_gone_off_or_another_one_is_told() {
    let suite =
        "  suite:\n    command: { run: npx playwright test, junit: results.xml, min-tests: 5 }\n";
    assert_eq!(
        told(&[(suite, "")]),
        ["weakened: The check `suite` was removed"]
    );
    assert_eq!(told(&[("  suite:\n", "  renamed:\n")]), NOTHING);
    assert_eq!(
        told(&[("command: { run", "probe: { run")]),
        ["weakened: The check `suite` is of another kind"]
    );
    let preview = "rate: 20 }";
    assert_eq!(
        told(&[(preview, "rate: 20, checks: { suite: off } }")]),
        ["weakened: The check `suite` was switched off"]
    );
    let production = "\"https://portal.acme.example\" }";
    assert_eq!(
        told(&[(
            production,
            "\"https://portal.acme.example\", checks: { suite: off } }"
        )]),
        ["weakened: The check `suite` was switched off in the environment `production`"]
    );
    assert_eq!(
        told(&[("checks:\n", "checks:\n  more: { flow: [{ get: / }] }\n")]),
        NOTHING
    );
}

#[test]
fn the_keys_that_every_check_has_lead_one_way() {
    for (old, new, expected) in [
        (
            "severity: high",
            "severity: low",
            &["weakened: The severity of the check `home` was lowered"][..],
        ),
        ("severity: high", "severity: critical", NOTHING),
        (
            "severity: high",
            "on-inconclusive: warn",
            &["weakened: The check `home` may come to no result more easily"],
        ),
        ("severity: high", "on-inconclusive: block", NOTHING),
        (
            "severity: high",
            "severity: high\n    retries: 2",
            &["weakened: The check `home` is retried more often"],
        ),
        (
            "severity: high",
            "severity: high\n    timeout: 10s",
            NOTHING,
        ),
        (
            "severity: high",
            "severity: high\n    needs: [fast]",
            &["weakened: The check `home` runs only when more others passed"],
        ),
        (
            "severity: high",
            "severity: high\n    when: { environment: [production] }",
            &["weakened: The check `home` runs less often, by `when.environment`"],
        ),
        (
            "severity: high",
            "severity: high\n    when: { changed: [docs/**] }",
            &["weakened: The check `home` runs less often, by `when.changed`"],
        ),
        (
            "[\"src/**\"]",
            "[]",
            &["weakened: The check `home` covers fewer files"],
        ),
        ("[\"src/**\"]", "[\"src/**\", \"lib/**\"]", NOTHING),
        (
            "severity: high",
            "severity: high\n    as: anna",
            &["changed: In the check `home` `as` changed"],
        ),
    ] {
        assert_eq!(told(&[(old, new)]), expected, "{old} → {new}");
    }
}

#[test]
fn an_expectation_that_is_gone_or_wider_is_told() {
    let page = "in `the home page loads` of the check `home`";
    for (old, new, expected) in [
        ("status: 200,", "status: [200, 500],", format!("weakened: `expect.status` {page} was widened from 200 to 200, 500")),
        ("status: 200,", "status: 2xx,", format!("weakened: `expect.status` {page} was widened from 200 to 2xx")),
        ("status: 200,", "status: 404,", "changed: In the check `home` `expect.status` in `the home page loads` changed".to_owned()),
        ("status: 200, ", "", format!("weakened: `expect.status` {page} was removed")),
        ("lt: 500ms", "lt: 2s", format!("weakened: `expect.time.lt` {page} was widened from 500ms to 2s")),
        ("$.status: ok, ", "", format!("weakened: `expect.json.$.status` {page} was removed")),
        ("$.status: ok", "$.status: { exists: true }", format!("weakened: `expect.json.$.status` {page} was widened from ok to exists: true")),
        ("gte: 1", "gte: 0", format!("weakened: `expect.json.$.count.gte` {page} was widened from 1 to 0")),
        (", lte: 10", "", format!("weakened: `expect.json.$.count.lte` {page} was removed")),
        ("        expect: 201\n", "", "weakened: `expect` in `POST /api/records` of the check `home` was removed".to_owned()),
        ("expect: 201", "expect: 2xx", "weakened: `expect` in `POST /api/records` of the check `home` was widened from 201 to 2xx".to_owned()),
        (
            "      - post: /api/records\n        json: { title: \"${unique}\" }\n        expect: 201\n",
            "",
            "weakened: `POST /api/records` of the check `home` was removed".to_owned(),
        ),
        ("title: \"${unique}\"", "title: x", "changed: In the check `home` `json` in `POST /api/records` changed".to_owned()),
    ] {
        assert_eq!(told(&[(old, new)]), [expected], "{old} → {new}");
    }
    for (old, new) in [
        ("lt: 500ms", "lt: 100ms"),
        (
            "status: 200,",
            "status: 200, headers: { etag: { exists: true } },",
        ),
        ("gte: 1", "gte: 2"),
        ("lte: 10", "lte: 10, type: number"),
        ("{ gte: 1, lte: 10 }", "5"),
        (
            "expect: 201",
            "expect: { status: 201, json: { $.id: { exists: true } } }",
        ),
        ("expect: 201", "expect: [201]"),
        (
            "name: the home page loads",
            "name: the home page loads\n        timeout: 5s",
        ),
    ] {
        assert_eq!(told(&[(old, new)]), NOTHING, "{old} → {new}");
    }
}

/// Edits of what a kind asks for, and what is told.
const OF_KINDS: &[(&str, &str, &str)] = &[
    (
        "LIMIT: 300ms",
        "LIMIT: 900ms",
        "weakened: `p95` of the check `fast` was raised from 300ms to 900ms",
    ),
    (
        "p95: \"${LIMIT}\"",
        "p95: 1s",
        "weakened: `p95` of the check `fast` was raised from 300ms to 1s",
    ),
    (
        ", p95: \"${LIMIT}\"",
        "",
        "weakened: `p95` of the check `fast` was removed",
    ),
    (
        "[/api/records, /api/search]",
        "[/api/records]",
        "weakened: `/api/search` in `absent-from` of the check `apart` was removed",
    ),
    (
        "skip: [PATCH /api/records]",
        "skip: [PATCH /api/records, GET /]",
        "weakened: `skip` of the check `apart` grew by `GET /`",
    ),
    (
        "[boris, greta]",
        "[boris]",
        "weakened: `greta` is no longer an attacker of the check `apart`",
    ),
    (
        "owner: anna",
        "owner: adam",
        "changed: In the check `apart` `owner` changed",
    ),
    (
        "{ title: a }",
        "{ title: b }",
        "changed: In the check `apart` `create.json` changed",
    ),
    (
        "public: [GET /]",
        "public: [GET /, GET /api/invoices]",
        "weakened: `public` of the check `doors` grew by `GET /api/invoices`",
    ),
    (
        "PUT /api/plan: [anna]",
        "PUT /api/plan: all",
        "weakened: `PUT /api/plan` in `routes` of the check `doors` may be used by more people",
    ),
    (
        "public: [GET /]",
        "public: [GET /]\n      skip: { GET /x: slow }",
        "weakened: `skip` of the check `doors` grew by `GET /x`",
    ),
    (
        "public: [GET /]",
        "public: [GET /]\n      identities: [anna]",
        "weakened: `identities` of the check `doors` was set, and all counted before",
    ),
    (
        "public: [GET /]",
        "public: [GET /]\n      refused: 200",
        "weakened: `refused` of the check `doors` was set",
    ),
    (
        "min-tests: 5",
        "min-tests: 1",
        "weakened: `min-tests` of the check `suite` was lowered from 5 to 1",
    ),
    (
        "min-tests: 5",
        "min-tests: 5, allow-skipped: true",
        "weakened: `allow-skipped` of the check `suite` was switched on",
    ),
    (
        "npx playwright test",
        "true",
        "changed: In the check `suite` `run` changed",
    ),
    (
        "tree: true",
        "tree: true, site: false",
        "weakened: `site` of the check `keys` was switched off",
    ),
    (
        "{ tree: true }",
        "{}",
        "weakened: `tree` of the check `keys` was switched off",
    ),
    (
        "tree: true",
        "tree: true, base: HEAD",
        "weakened: `base` of the check `keys` was set",
    ),
    (
        "tries: 10",
        "tries: 12",
        "weakened: `tries` of the check `logins` was raised from 10 to 12",
    ),
    (
        "{ tries: 10 }",
        "{}",
        "weakened: `tries` of the check `logins` was raised from 10 to 15",
    ),
];

#[test]
fn what_a_kind_asks_for_leads_one_way() {
    for (old, new, expected) in OF_KINDS {
        assert_eq!(told(&[(old, new)]), [*expected], "{old} → {new}");
    }
    for (old, new) in [
        ("LIMIT: 300ms", "LIMIT: 200ms"),
        (
            "[/api/records, /api/search]",
            "[/api/search, /api/records, /api/export]",
        ),
        ("skip: [PATCH /api/records]", "skip: []"),
        ("PUT /api/plan: [anna]", "PUT /api/plan: []"),
        ("min-tests: 5", "min-tests: 7"),
        ("tree: true", "tree: true, site: true"),
        ("tries: 10", "tries: 3"),
    ] {
        assert_eq!(told(&[(old, new)]), NOTHING, "{old} → {new}");
    }
}

/// Edits of what stands beside the checks, and what is told.
const BESIDE: &[(&str, &str, &str)] = &[
    (
        "openapi: openapi.yaml\n",
        "",
        "weakened: Answers are no longer held against the OpenAPI document",
    ),
    (
        "openapi.yaml",
        "other.yaml",
        "changed: Answers are held against another OpenAPI document",
    ),
    (
        "tenant: globex",
        "tenant: acme",
        "weakened: The identity `boris` has another tenant",
    ),
    (
        "role: member",
        "role: admin",
        "weakened: The identity `anna` has another role",
    ),
    (
        "${BORIS_TOKEN}",
        "${OTHER}",
        "changed: The identity `boris` logs in another way",
    ),
    (
        "  boris: { tenant: globex, role: member, bearer: \"${BORIS_TOKEN}\" }\n",
        "",
        "weakened: The identity `boris` was removed",
    ),
    (
        "fields: block",
        "fields: ignore",
        "weakened: `undocumented-fields` of the observer `watch` was relaxed",
    ),
    (
        "undocumented-fields: block, ",
        "",
        "weakened: `undocumented-fields` of the observer `watch` was relaxed",
    ),
    (
        "[generic]",
        "[generic, stripe]",
        "weakened: `without` of the observer `watch` grew by `stripe`",
    ),
    (
        "{ undocumented-fields: block, without: [generic] }",
        "off",
        "weakened: The observer `watch` was switched off",
    ),
    (
        "probe/wrong: deny",
        "probe/wrong: allow",
        "weakened: The level of `probe/wrong` was lowered",
    ),
    (
        "rate: 20",
        "rate: 50",
        "weakened: More requests a second may go to the environment `preview`",
    ),
    (
        "\"https://portal.acme.example\" }",
        "\"https://portal.acme.example\", kind: preview }",
        "weakened: The environment `production` is no longer production: checks may write to it",
    ),
    (
        "  production: { url: \"https://portal.acme.example\" }\n",
        "",
        "weakened: The production environment `production` was removed",
    ),
    (
        "https://preview.",
        "https://other.",
        "changed: The environment `preview` is at another address",
    ),
    (
        "https://db.",
        "https://other.",
        "changed: The api `db` is at another address",
    ),
    (
        "2026-12-31",
        "2027-12-31",
        "weakened: The waiver for `probe/wrong` ends later, and does not apply to this change",
    ),
    (
        "check: home, ",
        "",
        "weakened: The waiver for `probe/wrong` covers more, and does not apply to this change",
    ),
    (
        "check: home, ",
        "check: fast, ",
        "weakened: The waiver for `probe/wrong` was added, and does not apply to this change",
    ),
];

#[test]
fn what_stands_beside_the_checks_leads_one_way() {
    for (old, new, expected) in BESIDE {
        assert_eq!(told(&[(old, new)]), [*expected], "{old} → {new}");
    }
    for (old, new) in [
        ("{ levels: { probe/wrong: deny } }", "{}"),
        ("fields: block", "fields: block, requests: block"),
        ("rate: 20", "rate: 5"),
        ("2026-12-31", "2026-11-30"),
        (
            "owner: mia, ",
            "fingerprint: 0123456789abcdef, owner: mia, ",
        ),
        ("name: acme", "name: globex"),
        (
            "waivers:\n  - { code: probe/wrong, check: home, owner: mia, reason: vendor, expires: 2026-12-31 }\n",
            "",
        ),
        ("kind: preview", "kind: staging"),
    ] {
        assert_eq!(told(&[(old, new)]), NOTHING, "{old} → {new}");
    }
}

#[test]
fn protection_is_the_bases_word() {
    let protected = format!("protect: true\n{GATE}");
    let weaker = GATE.replace("severity: high", "severity: low");
    let level = |before: &str, after: &str| between(before, after)[0].level;
    assert_eq!(level(GATE, &weaker), Level::Warn);
    assert_eq!(level(&protected, &weaker), Level::Deny);
    assert_eq!(
        level(GATE, &format!("protect: true\n{weaker}")),
        Level::Warn
    );
    let findings = between(&protected, GATE);
    assert_eq!(
        findings[0].title,
        "The gate file is no longer protected against changes that weaken it"
    );
    assert_eq!(findings[0].level, Level::Deny);
    assert_eq!(between(GATE, &protected), []);
    let edited = GATE.replace("title: a ", "title: b ");
    assert_eq!(level(GATE, &edited), Level::Allow);
    assert_eq!(
        level(&protected, &format!("protect: true\n{edited}")),
        Level::Warn
    );
}

#[test]
fn a_finding_stands_in_the_change_and_names_what_was() {
    let after = GATE.replace("min-tests: 5", "min-tests: 1");
    let findings = between(GATE, &after);
    let line =
        |text: &str, part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
    assert_eq!(findings[0].location.line, line(&after, "min-tests"));
    let evidence: Vec<&str> = findings[0]
        .evidence
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(evidence, ["5", "1"]);
    let gone = GATE.replace("  keys:\n    secrets: { tree: true }\n", "");
    let findings = between(GATE, &gone);
    assert_eq!(findings[0].location.line, line(&gone, "checks:"));
    assert_eq!(findings[0].related[0].location.line, line(GATE, "  keys:"));
    assert_eq!(findings[0].evidence[0].text, "secrets: tree");
}

#[test]
fn a_password_in_a_request_is_not_shown() {
    let before = GATE.replace("title: a ", "password: first-secret ");
    let after = GATE.replace("title: a ", "password: other-secret ");
    let findings = format!("{:?}", between(&before, &after));
    assert!(findings.contains("create.json"));
    // The line of the file itself is what the file shows.
    let shown = findings.split("evidence:").nth(1).unwrap();
    assert!(!shown.contains("-secret"), "{shown}");
}

#[test]
fn entries_of_the_baseline_that_are_new_are_told_once() {
    let gate = written(GATE, &[]);
    let known = |number: u32| Known {
        check: "home".into(),
        code: Code::known("probe/wrong"),
        fingerprint: Fingerprint::from_text(format!("{number:016}")),
        title: format!("fault {number}"),
        accepted: "2026-11-01".parse().unwrap(),
    };
    let baseline = |salt: Option<&str>, numbers: &[u32]| Baseline {
        salt: salt.map(str::to_owned),
        findings: numbers.iter().copied().map(known).collect(),
        ..Baseline::default()
    };
    let titles = |before: &Baseline, after: &Baseline| -> Vec<String> {
        let state = |baseline| State {
            gate: &gate,
            baseline,
        };
        let findings = compare(state(before), state(after), "preview", &registry());
        findings.into_iter().map(|finding| finding.title).collect()
    };
    let old = baseline(Some("a"), &[1, 2]);
    assert_eq!(titles(&old, &baseline(Some("a"), &[2])), NOTHING);
    assert_eq!(
        titles(&old, &baseline(Some("a"), &[1, 2, 3, 4])),
        ["2 findings were added to the baseline, and still count in this change"]
    );
    assert_eq!(
        titles(&old, &baseline(Some("b"), &[1, 2])),
        ["The salt of the baseline was replaced, so that accepted secrets are not known again"]
    );
    assert_eq!(
        titles(&baseline(None, &[1]), &baseline(Some("b"), &[1])),
        NOTHING
    );
    assert_eq!(
        old.common(&baseline(Some("b"), &[2, 3])),
        baseline(Some("a"), &[2])
    );
}

#[test]
fn a_pack_that_moved_is_the_same_and_one_that_lost_a_check_is_not() {
    let pack = "checks:\n  one: { flow: [{ get: / }] }\n  two: { flow: [{ get: /a }] }\n";
    let gate = |path: &str| format!("{GATE}include: [{{ pack: ./{path}, as: own }}]\n");
    let before = written(
        &gate("pack.yaml"),
        &[("./pack.yaml", pack), ("pack.yaml", pack)],
    );
    let after = written(
        &gate("deep/pack.yaml"),
        &[("./deep/pack.yaml", pack), ("deep/pack.yaml", pack)],
    );
    assert_eq!(compared(&before, &after), []);
    let less = "checks:\n  one: { flow: [{ get: / }] }\n";
    let after = written(
        &gate("pack.yaml"),
        &[("./pack.yaml", less), ("pack.yaml", less)],
    );
    let findings = compared(&before, &after);
    assert_eq!(findings[0].title, "The check `own/two` was removed");
    assert_eq!(findings[0].related[0].location.file, "pack.yaml");
}

/// The same gate, written otherwise: comments, blank lines, quotes and other keys first.
fn reformatted(text: &str, picks: &[u8]) -> String {
    let mut sections: Vec<String> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '-']) {
            sections.push(String::new());
        }
        let section = sections.last_mut().unwrap();
        let pick = picks[line.len() % picks.len()];
        if pick & 1 == 1 {
            section.push_str("\n# another comment\n");
        }
        section.push_str(line);
        section.push_str(if pick & 2 == 2 { "   # said\n" } else { "\n" });
    }
    let turn = usize::from(picks[0]) % sections.len();
    sections.rotate_left(turn);
    sections.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_gate_held_against_itself_is_as_strict_however_it_is_written(
        picks in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let findings = between(GATE, &reformatted(GATE, &picks));
        prop_assert_eq!(findings, []);
        let findings = between(&reformatted(GATE, &picks), GATE);
        prop_assert_eq!(findings, []);
    }

    #[test]
    fn no_two_gates_make_the_comparison_fail(
        cut in 0..GATE.lines().count(),
        other in 0..GATE.lines().count(),
        words in prop::collection::vec("[a-z0-9:{} \\-\\[\\]]{0,12}", 0..4),
    ) {
        let lines: Vec<&str> = GATE.lines().collect();
        let mut text: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        text[cut] = words.join(" ");
        text.swap(cut, other);
        let text = text.join("\n");
        let read = Written::read(&Text {
            path: Path::new("tidegate.yaml"),
        name: None,
            registry: &registry(),
            packs: &Packs,
            reader: &Files([(PathBuf::from("tidegate.yaml"), text)].into_iter().collect()),
        });
        if let Ok(after) = read {
            compared(&written(GATE, &[]), &after);
            compared(&after, &written(GATE, &[]));
        }
    }
}
