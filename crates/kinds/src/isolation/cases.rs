//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::testing::{Fault, Manner, run};

struct Case {
    code: &'static str,
    bad: &'static [Fault],
    /// How a portal does the like, and rightly.
    good: &'static [Manner],
}

const fn case(code: &'static str, bad: &'static [Fault], good: &'static [Manner]) -> Case {
    Case { code, bad, good }
}

static CASES: &[Case] = &[
    case("isolation/read", &[Fault::Reads], &[Manner::FailsInBody]),
    case("isolation/read", &[Fault::Heads], &[Manner::CountsReads]),
    case("isolation/read", &[Fault::ReadsContent], &[Manner::OffHost]),
    case("isolation/list", &[Fault::Lists], &[Manner::Pages]),
    case("isolation/list", &[Fault::Searches], &[Manner::Echoes]),
    case("isolation/list", &[Fault::Exports], &[Manner::Words]),
    case("isolation/list", &[Fault::Filters], &[Manner::Later]),
    case("isolation/write", &[Fault::Puts], &[Manner::Redirects]),
    case(
        "isolation/write",
        &[Fault::TakesOver],
        &[Manner::CountsReads],
    ),
    case("isolation/write", &[Fault::Bulk], &[Manner::Redirects]),
    case("isolation/write", &[Fault::IdInBody], &[Manner::Strict]),
    case(
        "isolation/write-by-refused",
        &[Fault::PatchesSilently],
        &[Manner::Redirects],
    ),
    case(
        "isolation/delete",
        &[Fault::Deletes],
        &[Manner::FailsInBody],
    ),
    case(
        "isolation/foreign-tenant",
        &[Fault::CreatesFor],
        &[Manner::Strict],
    ),
    case(
        "isolation/foreign-tenant",
        &[Fault::MovesTo],
        &[Manner::Strict],
    ),
    case("isolation/reference", &[Fault::ShowsParent], &[]),
    case("isolation/shared-cache", &[Fault::Caches], &[]),
    case("isolation/public-cache", &[Fault::Public], &[]),
];

#[test]
fn each_bad_case_raises_its_code_and_no_other() {
    for case in CASES {
        let tried = run(case.bad, &[]);
        let told = tried.report().findings.iter();
        let told: Vec<String> = told
            .map(|finding| format!("{} {}", finding.title, finding.subject))
            .collect();
        assert_eq!(tried.codes(), [case.code], "{:?}: {told:?}", case.bad);
    }
}

#[test]
fn each_good_case_is_left_alone() {
    for case in CASES {
        let tried = run(&[], case.good);
        assert_eq!(tried.codes(), Vec::<&str>::new(), "{:?}", case.good);
        assert_eq!(tried.doubt(), "", "{:?}", case.good);
        assert!(tried.is_clean(), "{:?}", case.good);
    }
}

#[test]
fn every_code_has_its_cases() {
    for info in META.codes.iter() {
        let has = CASES.iter().any(|case| case.code == info.code.as_str());
        assert!(has, "{} has no case", info.code);
    }
}
