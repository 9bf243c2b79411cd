use std::ops::ControlFlow;

use proptest::prelude::*;
use tidegate_core::gate::{Entry, EnvironmentKind};
use tidegate_core::meta::Severity;
use tidegate_core::ports::{
    ChangedBlob, ChangedFile, Commit, Head, Repository, RepositoryError, TreeFile,
};

use super::*;
use crate::tests::fakes::{Bench, body, check, entry, forecasting, needing, passed};

fn always(id: &str) -> Entry {
    entry(id, true, Forecast::default(), body(|_| async { passed() }))
}

fn covering(mut entry: Entry, glob: &str) -> Entry {
    entry.common.covers = vec![glob.into()];
    entry
}

fn bench(checks: Vec<Entry>) -> Bench {
    let mut bench = Bench::new(checks);
    bench.options.all = false;
    bench
}

/// A repository in which these files changed.
struct Changed(std::path::PathBuf, Vec<&'static str>);

impl Repository for Changed {
    fn changed_files(
        &self,
        base: &str,
        _: Option<&str>,
    ) -> Result<Vec<ChangedFile>, RepositoryError> {
        if base != "main" {
            return Err(RepositoryError::UnknownRevision {
                revision: base.into(),
            });
        }
        let file = |path: &&str| ChangedFile {
            path: (*path).into(),
            renamed_from: None,
            removed: false,
        };
        Ok(self.1.iter().map(file).collect())
    }

    fn visit_changes(
        &self,
        _: Option<&str>,
        _: &Head,
        _: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Ok(())
    }

    fn visit_tree(
        &self,
        _: &str,
        _: &mut dyn FnMut(TreeFile) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Ok(())
    }

    fn visit_history(
        &self,
        _: Option<&str>,
        _: &str,
        _: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Ok(())
    }

    fn first_seen(&self, _: &str, _: &str, _: &[u8]) -> Result<Option<Commit>, RepositoryError> {
        Ok(None)
    }

    fn merge_base(&self, base: &str, _: &str) -> Result<String, RepositoryError> {
        self.resolve(base)
    }

    fn shallow(&self) -> Result<bool, RepositoryError> {
        Ok(false)
    }

    fn likely_base(&self) -> Result<Option<String>, RepositoryError> {
        Ok(None)
    }

    fn read_at(&self, _: &str, _: &str, _: usize) -> Result<Option<Vec<u8>>, RepositoryError> {
        Ok(None)
    }

    fn resolve(&self, revision: &str) -> Result<String, RepositoryError> {
        Ok(revision.into())
    }

    fn root(&self) -> &std::path::Path {
        &self.0
    }
}

fn since(bench: &mut Bench, changed: Vec<&'static str>) -> Setup {
    bench.options.changed_since = Some("main".into());
    let root = bench.folder.path().to_owned();
    let mut setup = bench.setup();
    setup.repository = Some(std::sync::Arc::new(Changed(root, changed)));
    setup
}

fn selected(setup: &Setup) -> Vec<String> {
    let plan = plan(setup).unwrap();
    plan.selected().map(|check| check.id.to_string()).collect()
}

fn reason(setup: &Setup, id: &str) -> String {
    let plan = plan(setup).unwrap();
    let mut checks = plan.checks.into_iter();
    checks.find(|check| check.id.as_str() == id).unwrap().reason
}

#[test]
fn at_most_twelve_are_chosen_by_severity_and_file_order_beside_those_that_always_run() {
    let mut checks: Vec<Entry> = (0..20)
        .map(|number| check(&format!("c{number:02}")))
        .collect();
    checks[19].common.severity = Some(Severity::Critical);
    checks.push(always("secrets"));
    let setup = bench(checks).setup();
    let chosen = selected(&setup);
    let mut expected: Vec<String> = (0..11).map(|number| format!("c{number:02}")).collect();
    expected.extend(["c19".into(), "secrets".into()]);
    assert_eq!(chosen, expected);
    assert_eq!(reason(&setup, "secrets"), "`always` always runs");
    assert_eq!(
        reason(&setup, "c15"),
        "other checks matter more for this change"
    );
}

#[test]
fn a_touched_check_comes_first_and_untouched_ones_only_fill_up() {
    let mut checks: Vec<Entry> = (0..10)
        .map(|number| covering(check(&format!("c{number}")), "docs/**"))
        .collect();
    checks.push(covering(check("hit"), "src/**"));
    let mut bench = bench(checks);
    let setup = since(&mut bench, vec!["src/deep/a.ts"]);
    assert_eq!(selected(&setup), ["c0", "c1", "c2", "c3", "hit"]);
    assert_eq!(reason(&setup, "hit"), "the change touches `src/deep/a.ts`");
    assert_eq!(
        reason(&setup, "c9"),
        "the change leaves what it covers alone"
    );
}

#[test]
fn checks_that_the_change_adds_push_nothing_out() {
    let old = (0..12).map(|number| check(&format!("old-{number:02}")));
    let new = (0..12).map(|number| covering(check(&format!("new-{number:02}")), "**"));
    let mut bench = bench(new.chain(old).collect());
    let mut setup = since(&mut bench, vec!["src/a.ts"]);
    let old_ones = |setup: &Setup| {
        let chosen = selected(setup);
        chosen.iter().filter(|id| id.starts_with("old-")).count()
    };
    assert_eq!(old_ones(&setup), 0);
    setup.weakened.added = (0..12)
        .map(|number| format!("new-{number:02}").as_str().into())
        .collect();
    assert_eq!(old_ones(&setup), 12);
    assert_eq!(selected(&setup).len(), 24);
}

#[test]
fn needs_come_along_and_go_first() {
    let mut bench = bench(vec![needing(check("b"), &["a"]), check("a"), check("c")]);
    bench.options.only = vec!["b".into()];
    let setup = bench.setup();
    let plan = plan(&setup).unwrap();
    let order: Vec<&str> = plan.checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(order, ["a", "b", "c"]);
    assert_eq!(selected(&setup), ["a", "b"]);
    assert_eq!(reason(&setup, "a"), "`b` needs it");
    assert_eq!(reason(&setup, "c"), "not named by `--only`");
}

#[test]
fn a_check_is_out_with_what_it_needs() {
    let mut bench = bench(vec![
        needing(check("b"), &["a"]),
        check("a"),
        needing(check("c"), &["b"]),
    ]);
    bench.options.skip = vec!["a".into()];
    let setup = bench.setup();
    assert!(selected(&setup).is_empty());
    assert_eq!(reason(&setup, "a"), "left out by `--skip`");
    assert_eq!(reason(&setup, "b"), "it needs `a`, which is out");
    assert_eq!(reason(&setup, "c"), "it needs `b`, which is out");
}

#[test]
fn production_is_only_looked_at_even_when_asked_for() {
    let forecast = Forecast {
        writes: vec!["POST /api/records".into()],
        ..Forecast::default()
    };
    let mut bench = bench(vec![forecasting(check("writes"), forecast), check("reads")]);
    bench.environment().kind = EnvironmentKind::Production;
    bench.environment().name = "live".into();
    bench.options.only = vec!["writes".into()];
    let setup = bench.setup();
    assert!(selected(&setup).is_empty());
    assert_eq!(
        reason(&setup, "writes"),
        "it would change data (`POST /api/records`), and `live` is production, which is only looked at"
    );
    bench.options.only = Vec::new();
    assert_eq!(selected(&bench.setup()), ["reads"]);
}

#[test]
fn when_decides_by_environment_and_by_change() {
    let mut elsewhere = check("elsewhere");
    elsewhere.common.when.environments = vec!["staging".into()];
    let mut changed = check("changed");
    changed.common.when.changed = vec!["db/**".into()];
    let mut bench = bench(vec![elsewhere, changed, check("c")]);
    let unknown = bench.setup();
    assert_eq!(selected(&unknown), ["changed", "c"]);
    assert!(
        plan(&unknown)
            .unwrap()
            .notes
            .iter()
            .any(|note| note.contains("--changed-since"))
    );
    let setup = since(&mut bench, vec!["src/a.ts"]);
    assert_eq!(selected(&setup), ["c"]);
    assert_eq!(reason(&setup, "elsewhere"), "only for `staging`");
    assert_eq!(reason(&setup, "changed"), "nothing changed in `db/**`");
    assert_eq!(
        selected(&since(&mut bench, vec!["db/1.sql"])),
        ["changed", "c"]
    );
}

#[test]
fn names_and_globs_that_mean_nothing_are_errors_with_the_nearest() {
    let mut bench = bench(vec![check("cp/login"), check("cp/search")]);
    let mut only = |name: &str| {
        bench.options.only = vec![name.into()];
        plan(&bench.setup()).map(|plan| plan.selected().count())
    };
    assert_eq!(only("cp/*"), Ok(2));
    assert_eq!(
        only("cp/serch"),
        Err(SelectError::UnknownCheck {
            name: "cp/serch".into(),
            nearest: Some("cp/search".into())
        })
    );
    assert!(matches!(only("xy*"), Err(SelectError::NoMatch { .. })));
    assert!(matches!(only("cp/["), Err(SelectError::Glob { .. })));
}

#[test]
fn a_base_needs_a_repository_that_knows_it() {
    let mut bench = bench(vec![check("a")]);
    bench.options.changed_since = Some("nowhere".into());
    assert_eq!(plan(&bench.setup()), Err(SelectError::NoRepository));
    let mut setup = bench.setup();
    setup.repository = Some(std::sync::Arc::new(Changed("/".into(), Vec::new())));
    assert!(matches!(plan(&setup), Err(SelectError::Repository(_))));
}

#[test]
fn the_timeout_is_the_gate_files_or_the_forecast_within_bounds() {
    let worst = |seconds| Forecast {
        worst: Duration::from_secs(seconds),
        ..Forecast::default()
    };
    let mut own = check("own");
    own.common.timeout = Some(Duration::from_millis(5));
    let setup = bench(vec![
        own,
        forecasting(check("short"), worst(1)),
        forecasting(check("middle"), worst(100)),
        forecasting(check("long"), worst(100_000)),
    ])
    .setup();
    let plan = plan(&setup).unwrap();
    let timeouts: Vec<u128> = plan
        .checks
        .iter()
        .map(|one| one.timeout.as_millis())
        .collect();
    assert_eq!(timeouts, [5, 30_000, 100_000, 600_000]);
}

prop_compose! {
    fn any_check()(always_run in prop::bool::weighted(0.1), severity in 0usize..5,
        covers in 0u8..3, needs in prop::collection::vec(0usize..40, 0..2))
        -> (bool, usize, u8, Vec<usize>) {
        (always_run, severity, covers, needs)
    }
}

const SEVERITIES: [Severity; 5] = [
    Severity::Info,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];

fn made(
    (index, (always_run, severity, covers, needs)): (usize, (bool, usize, u8, Vec<usize>)),
) -> Entry {
    let id = format!("c{index}");
    let mut made = if always_run { always(&id) } else { check(&id) };
    made.common.severity = Some(SEVERITIES[severity]);
    made.common.covers = match covers {
        0 => Vec::new(),
        1 => vec!["src/**".into()],
        _ => vec!["docs/**".into()],
    };
    let needs: Vec<String> = needs
        .into_iter()
        .filter(|need| *need < index)
        .map(|need| format!("c{need}"))
        .collect();
    needing(made, &needs.iter().map(String::as_str).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_rule_holds_for_every_gate(checks in prop::collection::vec(any_check(), 0..40), known: bool) {
        let checks: Vec<Entry> = checks.into_iter().enumerate().map(made).collect();
        let others = checks.iter().filter(|entry| !entry.kind.meta().always_run).count();
        let mut bench = bench(checks);
        let setup = if known { since(&mut bench, vec!["src/a"]) } else { bench.setup() };
        let made = plan(&setup).unwrap();
        prop_assert_eq!(&made, &plan(&setup).unwrap());
        let counted: Vec<_> = made.selected().filter(|check| check.kind != "always").collect();
        let chosen = counted.iter().filter(|check| !check.reason.ends_with("needs it"));
        prop_assert!(chosen.count() <= choose::MOST);
        prop_assert!(counted.len() >= others.min(choose::LEAST));
        prop_assert!(made.checks.iter().all(|check| check.selected || check.kind != "always"));
        for (place, check) in made.checks.iter().enumerate() {
            prop_assert!(!check.reason.is_empty());
            for need in &check.needs {
                let before = made.checks[..place].iter().find(|one| one.id == *need);
                prop_assert!(before.is_some_and(|one| one.selected || !check.selected));
            }
        }
    }
}
