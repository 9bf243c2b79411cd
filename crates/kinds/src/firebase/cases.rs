//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::testing::{Project, Rule, Writes};
use crate::testing::each_code_has_a_case;

struct Case {
    code: &'static str,
    config: &'static str,
    bad: fn() -> Project,
}

const DATABASE: &str = "{ realtime: { on: rtdb } }";
const DOCUMENTS: &str = "{ firestore: { on: firestore, project: acme, collections: [clients] } }";
const FILES: &str = "{ storage: { on: storage, bucket: acme.firebasestorage.app } }";

static CASES: &[Case] = &[
    Case {
        code: "firebase/database-readable",
        config: DATABASE,
        bad: || Project {
            database: Rule::Open,
            ..Project::default()
        },
    },
    Case {
        code: "firebase/database-writable",
        config: "{ realtime: { on: rtdb }, writes: true }",
        bad: || Project {
            writes: Writes::Stored,
            ..Project::default()
        },
    },
    Case {
        code: "firebase/documents-readable",
        config: DOCUMENTS,
        bad: || Project {
            documents: Rule::Open,
            ..Project::default()
        },
    },
    Case {
        code: "firebase/documents-writable",
        config: "{ firestore: { on: firestore, project: acme, collections: [clients] }, writes: true }",
        bad: || Project {
            writes: Writes::Stored,
            ..Project::default()
        },
    },
    Case {
        code: "firebase/files-listed",
        config: FILES,
        bad: || Project {
            files: Rule::Open,
            ..Project::default()
        },
    },
    Case {
        code: "firebase/any-account",
        config: "{ realtime: { on: rtdb }, accounts: { on: accounts, key: '${KEY}' }, anonymous-user: true }",
        bad: || Project {
            database: Rule::Account,
            ..Project::default()
        },
    },
    Case {
        code: "firebase/any-account",
        config: "{ firestore: { on: firestore, project: acme, collections: [clients] }, accounts: { on: accounts, key: '${KEY}' }, anonymous-user: true }",
        bad: || Project {
            documents: Rule::Account,
            ..Project::default()
        },
    },
    Case {
        code: "firebase/any-account",
        config: "{ storage: { on: storage, bucket: b }, accounts: { on: accounts, key: '${KEY}' }, anonymous-user: true }",
        bad: || Project {
            files: Rule::Account,
            ..Project::default()
        },
    },
];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    each_code_has_a_case(&META, CASES.iter().map(|case| case.code));
    for case in CASES {
        let bad = (case.bad)().run(case.config);
        assert_eq!(bad.codes(), [case.code], "{:#?}", bad.report);
        assert!(bad.is_clean());
        let good = Project::default().run(case.config);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert_eq!(good.doubt(), "", "{}", case.code);
        assert!(good.report().evaluated > 0, "{}", case.code);
        assert!(good.is_clean());
    }
}
