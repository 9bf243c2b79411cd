//! The packs that come with Tidegate: each on a portal as it should be, and on one with each fault that it guards
//! against; and what can be said of all of them without a portal.

mod bench;
mod format;
mod portals;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use tidegate::{Summary, Verdict};

use bench::{Bench, codes, counts};

/// Which codes each fault of a portal raises, by the table beside its pack.
type Expected = BTreeMap<String, BTreeSet<String>>;

/// A pack and the portal that it is tried on.
struct Trial {
    pack: &'static str,
    /// `expected.json` beside the pack.
    expected: &'static str,
    /// Every fault that the portal can have.
    faults: fn() -> Vec<&'static str>,
    /// The portal with one of them, or with none for an empty name.
    start: fn(&str) -> Bench,
}

impl Trial {
    fn expected(&self) -> Expected {
        serde_json::from_str(self.expected).expect("the table of codes is JSON")
    }

    fn the_good_portal_is_allowed(&self) {
        let summary = (self.start)("").run();
        let told = format!("{}: {:#?}", self.pack, summary.results);
        assert_eq!(codes(&summary), BTreeSet::new(), "{told}");
        assert_eq!(summary.judgement.verdict, Verdict::Allow, "{told}");
        assert_eq!(summary.leftovers, [], "{told}");
        let idle = |summary: &Summary| {
            let idle = summary.results.iter();
            let idle = idle.filter(|one| !one.observer && one.evaluated == 0);
            idle.map(|one| one.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(idle(&summary), Vec::<String>::new(), "{told}");
        let checks = summary.results.iter().filter(|one| !one.observer);
        let run: BTreeSet<String> = checks.map(|one| one.id.to_string()).collect();
        let all: BTreeSet<String> = bench::checks_of(self.pack).into_iter().collect();
        assert_eq!(run, all, "{}: every check of the pack is run", self.pack);
    }

    fn every_fault_is_blocked_for_what_it_is(&self) {
        let mut expected = self.expected();
        let mut wrong = Vec::new();
        let mut untried: BTreeSet<String> = bench::checks_of(self.pack).into_iter().collect();
        for fault in (self.faults)() {
            let without = left_out(expected.get(fault));
            let summary = (self.start)(fault).run_without(&without);
            let raised = codes(&summary);
            let verdict = summary.judgement.verdict;
            for result in &summary.results {
                // What its answers are held against is an observer's.
                if result.findings.iter().any(counts) || result.kind == "contract" {
                    untried.remove(result.id.as_str());
                }
            }
            if expected.remove(fault).as_ref() != Some(&raised) || verdict != Verdict::Block {
                wrong.push(format!("{fault:?}: {raised:?}, {verdict:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", self.pack, wrong.join("\n"));
        assert_eq!(expected.keys().next(), None, "{}: no such fault", self.pack);
        let none = BTreeSet::new();
        assert_eq!(untried, none, "{}: no fault is found by these", self.pack);
    }
}

/// The kinds that send the most; faults that do not show in them are tried without.
const BUSY: [&str; 3] = ["exposure", "race", "throttle"];

/// Which kinds are left out for a fault that raises these codes; none when `TIDEGATE_WHOLE_GATE` is set.
fn left_out(codes: Option<&BTreeSet<String>>) -> Vec<&'static str> {
    if std::env::var_os("TIDEGATE_WHOLE_GATE").is_some() {
        return Vec::new();
    }
    let raises = |kind: &&str| {
        let mut all = codes.into_iter().flatten();
        all.any(|code| code.split('/').next() == Some(*kind))
    };
    BUSY.into_iter().filter(|kind| !raises(kind)).collect()
}

/// Two tests for each pack.
macro_rules! packs {
    ($($name:ident = $pack:literal),+ $(,)?) => {
        $(mod $name {
            use super::{Trial, portals};

            const TRIAL: Trial = Trial {
                pack: $pack,
                expected: include_str!(concat!("../../../checks/packs/", $pack, "/expected.json")),
                faults: portals::$name::faults,
                start: portals::$name::start,
            };

            #[test]
            fn the_good_portal_is_allowed() {
                TRIAL.the_good_portal_is_allowed();
            }

            #[test]
            fn every_fault_is_blocked_for_what_it_is() {
                TRIAL.every_fault_is_blocked_for_what_it_is();
            }
        })+

        /// The packs that are tried here.
        const TRIED: &[&str] = &[$($pack),+];
    };
}

packs! {
    express_postgres = "express-postgres",
    fastapi = "fastapi",
    lovable_supabase = "lovable-supabase",
    next_supabase = "next-supabase",
    rails = "rails",
    stripe_billing = "stripe-billing",
    vite_firebase = "vite-firebase",
}

#[test]
fn every_pack_is_tried_on_a_portal() {
    // The example portal and its switches try the first of them.
    let names: Vec<&str> = tidegate::packs::all()
        .iter()
        .map(|pack| pack.name)
        .filter(|name| *name != "client-portal")
        .collect();
    assert_eq!(names, TRIED);
}
