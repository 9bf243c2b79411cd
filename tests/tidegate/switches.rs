//! The example gate against the example portal: once good, and once for each regression.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use tidegate::{Gate, RunOptions, Summary, Verdict};
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};

const EXPECTED: &str = include_str!("../../examples/client-portal/expected-codes.json");

fn expected() -> BTreeMap<String, BTreeSet<String>> {
    serde_json::from_str(EXPECTED).expect("the table of codes is JSON")
}

/// Copies the example gate and the document that it names; gives the gate file's path.
fn copied_into(folder: &Path) -> PathBuf {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/client-portal");
    fs::create_dir(folder.join("src")).expect("a folder is made");
    for name in ["tidegate.yaml", "src/openapi.json"] {
        fs::copy(example.join(name), folder.join(name)).expect("the example is copied");
    }
    folder.join("tidegate.yaml")
}

/// A port that the portal can be told before the gate listens on it.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The kinds that send the same requests many times: that takes seconds, so that switches which do not show in
/// them are tried without them.
const MEASURING: [&str; 2] = ["latency", "race"];

/// Which kinds are left out for a switch that raises these codes; none when `TIDEGATE_WHOLE_GATE` is set.
fn left_out(codes: &BTreeSet<String>) -> Vec<&'static str> {
    if std::env::var_os("TIDEGATE_WHOLE_GATE").is_some() {
        return Vec::new();
    }
    let silent = MEASURING.into_iter().filter(|kind| !raises(codes, kind));
    silent.collect()
}

/// Whether a switch that raises these codes shows in a measurement.
fn is_measured(codes: &BTreeSet<String>) -> bool {
    MEASURING.iter().any(|kind| raises(codes, kind))
}

/// Whether one of these codes is of the kind.
fn raises(codes: &BTreeSet<String>, kind: &str) -> bool {
    let mut kinds = codes.iter().filter_map(|code| code.split('/').next());
    kinds.any(|raised| raised == kind)
}

/// Gates a portal with these regressions, in a copy of the example's folder, without checks of these kinds.
fn gate(breaks: &[Break], without: &[&str]) -> Summary {
    let port = free_port();
    let options = Options {
        breaks: breaks.iter().copied().collect(),
        webhook_url: Some(format!("http://127.0.0.1:{port}/hooks")),
        ..Options::default()
    };
    let portal = start_blocking(options).expect("the portal starts");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = copied_into(folder.path());
    let gate = Passwords::default()
        .variables()
        .fold(Gate::builder(&path), |builder, (name, password)| {
            builder.variable(name, password.reveal())
        })
        .variable("PORTAL_URL", portal.url())
        .variable("WEBHOOK_PORT", port.to_string())
        .load()
        .expect("the example gate is right");
    let mut options = RunOptions {
        all: true,
        jobs: Some(1),
        seed: Some(7),
        ..RunOptions::default()
    };
    let planned = gate.plan(&options).expect("the run is planned").checks;
    let silent = planned
        .iter()
        .filter(|check| without.contains(&&*check.kind));
    options.skip = silent.map(|check| check.id.to_string()).collect();
    gate.run(options, |_| {}).expect("the run begins")
}

fn codes(summary: &Summary) -> BTreeSet<String> {
    let findings = summary.results.iter().flat_map(|result| &result.findings);
    let preflight = summary.preflight.iter().map(|failure| &failure.code);
    findings
        .map(|finding| &finding.code)
        .chain(preflight)
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_switch_of_the_portal_has_a_row_in_the_table() {
    let switches: BTreeSet<&str> = Break::ALL.iter().map(|one| one.name()).collect();
    let rows = expected();
    assert_eq!(
        rows.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        switches
    );
    assert!(
        rows.values().all(|codes| !codes.is_empty()),
        "a switch that raises nothing is not caught"
    );
}

#[test]
fn the_page_of_regressions_says_what_the_table_says() {
    let page = include_str!("../../docs/regressions.md");
    let expected = expected();
    for one in Break::ALL {
        let codes: Vec<String> = expected[one.name()]
            .iter()
            .map(|code| format!("`{code}`"))
            .collect();
        let row = format!("| `{one}` | {} | {} |", one.summary(), codes.join(", "));
        assert!(
            page.lines().any(|line| line == row),
            "docs/regressions.md lacks: {row}"
        );
    }
}

#[test]
fn the_page_of_access_says_what_the_table_says() {
    const KINDS: &[&str] = &[
        "access",
        "isolation",
        "mass-assignment",
        "token",
        "throttle",
        "cors",
        "headers",
        "exposure",
        "lists",
    ];
    let page = include_str!("../../docs/access.md");
    let (_, table) = page
        .split_once("| Switch | Codes |\n")
        .expect("the page has the table");
    let kind = |code: &String| code.split('/').next().unwrap_or_default().to_owned();
    let mut expected = expected();
    expected.retain(|_, codes| codes.iter().any(|code| KINDS.contains(&&*kind(code))));
    let rows: BTreeMap<String, BTreeSet<String>> = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| {
            let mut texts = line.split('`').skip(1).step_by(2).map(str::to_owned);
            Some((texts.next()?, texts.collect()))
        })
        .collect();
    assert_eq!(rows, expected, "the table of docs/access.md");
}

#[test]
fn the_good_portal_is_allowed_without_a_single_finding() {
    let summary = gate(&[], &[]);
    assert_eq!(codes(&summary), BTreeSet::new());
    assert_eq!(
        summary.judgement.verdict,
        Verdict::Allow,
        "{:#?}",
        summary.judgement
    );
    assert_eq!(summary.leftovers, []);
    let idle: Vec<_> = summary
        .results
        .iter()
        .filter(|result| result.evaluated == 0)
        .collect();
    assert!(idle.is_empty(), "{idle:#?}");
    for kind in MEASURING {
        assert!(summary.results.iter().any(|one| one.kind == kind), "{kind}");
    }
}

/// Gates the portal with every switch of one of so many parts: of those that are measured, or of the others.
fn each_switch_raises_exactly_its_codes(measured: bool, part: usize, parts: usize) {
    let all = expected().into_iter();
    let of_sort = all.filter(|(_, codes)| is_measured(codes) == measured);
    let mut wrong = Vec::new();
    for (name, codes_of_switch) in of_sort.skip(part).step_by(parts) {
        let regression: Break = name.parse().expect("a switch");
        let summary = gate(&[regression], &left_out(&codes_of_switch));
        let raised = codes(&summary);
        if raised != codes_of_switch || summary.judgement.verdict == Verdict::Allow {
            wrong.push(format!("{name}: {raised:?}, {:?}", summary.judgement));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A test for each part, so that they run beside each other.
macro_rules! parts {
    ($measured:literal, $parts:literal, $every:ident: $($name:ident = $part:literal,)+) => {
        $(#[test]
        fn $name() {
            each_switch_raises_exactly_its_codes($measured, $part, $parts);
        })+

        #[test]
        fn $every() {
            assert!([$($part),+].into_iter().eq(0..$parts));
        }
    };
}

parts! {
    false, 8, every_part_of_the_switches_is_tried:
    switches_of_part_0_raise_exactly_their_codes = 0,
    switches_of_part_1_raise_exactly_their_codes = 1,
    switches_of_part_2_raise_exactly_their_codes = 2,
    switches_of_part_3_raise_exactly_their_codes = 3,
    switches_of_part_4_raise_exactly_their_codes = 4,
    switches_of_part_5_raise_exactly_their_codes = 5,
    switches_of_part_6_raise_exactly_their_codes = 6,
    switches_of_part_7_raise_exactly_their_codes = 7,
}

// Nothing runs beside these: `.config/nextest.toml` says so, by their names.
parts! {
    true, 3, every_part_of_the_measured_switches_is_tried:
    measured_switches_of_part_0_raise_exactly_their_codes = 0,
    measured_switches_of_part_1_raise_exactly_their_codes = 1,
    measured_switches_of_part_2_raise_exactly_their_codes = 2,
}
