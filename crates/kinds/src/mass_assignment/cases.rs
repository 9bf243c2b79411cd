//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::tests::{Portal, RECORDS, tried};

struct Case {
    code: &'static str,
    stores: &'static [&'static str],
    more: &'static str,
}

static CASES: &[Case] = &[
    Case {
        code: "mass-assignment/privilege",
        stores: &["isAdmin"],
        more: "",
    },
    Case {
        code: "mass-assignment/tenant",
        stores: &["tenant_id"],
        more: "",
    },
    Case {
        code: "mass-assignment/price",
        stores: &["balance"],
        more: "",
    },
    Case {
        code: "mass-assignment/verified",
        stores: &["approved"],
        more: "",
    },
    Case {
        code: "mass-assignment/read-only",
        stores: &["created_at"],
        more: "",
    },
    Case {
        code: "mass-assignment/declared",
        stores: &["margin"],
        more: "fields: { margin: 90 }",
    },
    Case {
        code: "mass-assignment/declared",
        stores: &["note"],
        more: "protected: [note]",
    },
];

#[test]
fn every_code_has_a_bad_case_that_raises_it_alone_and_a_good_one() {
    for case in CASES {
        let config = format!("{RECORDS}{}\n", case.more);
        let bad = tried(
            &config,
            Portal {
                stores: case.stores,
                ..Portal::GOOD
            },
        );
        assert_eq!(bad.codes(), [case.code]);
        let good = tried(&config, Portal::GOOD);
        assert_eq!((good.codes(), good.doubt()), (vec![], ""), "{}", case.code);
        assert!(good.report().evaluated > 0 && bad.is_clean() && good.is_clean());
    }
    for info in META.codes.iter() {
        let code = info.code.as_str();
        assert!(CASES.iter().any(|case| case.code == code), "{code}");
    }
}
