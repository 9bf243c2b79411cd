//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use std::collections::BTreeSet;

use super::super::META;
use super::*;

struct Case {
    code: &'static str,
    config: &'static str,
    fault: Fault,
    documented: bool,
}

const UNLISTED: &str = "public: [GET /, POST /login]\nroutes: { \"* /records\": all, \"* /records/*\": all, \"* /plan\": [adam] }\nskip: { GET /sessions/logout: it ends the session }";
const STALE: &str = "public: [GET /, POST /login]\nroutes: { \"* /*\": all, GET /users: [adam], \"GET /records/old/{id}\": [adam] }\nskip: { \"GET /records/old/{id}\": it is gone, \"* /plan\": not here }";

fn case(code: &'static str, fault: Fault) -> Case {
    Case {
        code,
        config: MATRIX,
        fault,
        documented: false,
    }
}

fn cases() -> Vec<Case> {
    vec![
        case("access/open", Fault::OpenList),
        case("access/public-write", Fault::OpenPlan),
        case("access/role-bypass", Fault::UsersForMembers),
        case("access/changed-though-refused", Fault::PlanChangesFirst),
        case("access/locked-out", Fault::LockedOut),
        Case {
            config: "routes: { GET /records: all }",
            ..case("access/data-in-refusal", Fault::DataInRefusal)
        },
    ]
}

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    let mut seen = BTreeSet::from(["access/unlisted-route", "access/stale-route"]);
    for case in cases() {
        let run = |faults: &[Fault]| {
            if case.documented {
                documented(case.config, faults, |_| {})
            } else {
                tried(case.config, faults)
            }
        };
        let bad = run(&[case.fault]);
        let codes: BTreeSet<&str> = bad.codes().into_iter().collect();
        assert_eq!(
            codes,
            BTreeSet::from([case.code]),
            "{:#?}",
            bad.report().findings
        );
        assert_eq!(run(&[]).codes(), [""; 0], "{}", case.code);
        seen.insert(case.code);
    }
    let declared: BTreeSet<&str> = META.codes.iter().map(|info| info.code.as_str()).collect();
    assert_eq!(seen, declared);
}

#[test]
fn routes_that_are_missing_or_gone_are_told_by_the_document() {
    let tried = documented(UNLISTED, &[], |_| {});
    let found: BTreeSet<&str> = tried.codes().into_iter().collect();
    assert_eq!(
        found,
        BTreeSet::from(["access/unlisted-route"]),
        "{:#?}",
        tried.report().findings
    );
    let complete = UNLISTED.replace(
        "\"* /plan\"",
        "\"* /sessions/*\": all, GET /users: [adam], \"* /plan\"",
    );
    assert_eq!(documented(&complete, &[], |_| {}).codes(), [""; 0]);
    let tried = documented(STALE, &[], |_| {});
    let found: BTreeSet<&str> = tried.codes().into_iter().collect();
    assert!(
        found.contains("access/stale-route"),
        "{:#?}",
        tried.report().findings
    );
    assert!(
        !documented("{}", &[], |_| {})
            .codes()
            .contains(&"access/stale-route")
    );
}
