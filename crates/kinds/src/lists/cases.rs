//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::tests::{Portal, anna, world};
use crate::testing::FakePortal;

struct Case {
    code: &'static str,
    config: &'static str,
    bad: Portal,
    good: Portal,
}

const LISTED: &str = "routes: [{ get: /records, fields: [id, title] }]";
const PLAIN: &str = "routes: [/records]";

static CASES: &[Case] = &[
    Case {
        code: "lists/limit-ignored",
        config: PLAIN_WITH_LIMIT,
        bad: Portal {
            ignores: true,
            ..Portal::GOOD
        },
        good: Portal::GOOD,
    },
    Case {
        code: "lists/unlimited",
        config: PLAIN,
        bad: Portal {
            most: 1_000_000,
            ..Portal::GOOD
        },
        good: Portal::GOOD,
    },
    Case {
        code: "lists/unlimited",
        config: PLAIN,
        bad: Portal {
            negative: "all",
            ..Portal::GOOD
        },
        good: Portal {
            negative: "default",
            ..Portal::GOOD
        },
    },
    Case {
        code: "lists/unlimited",
        config: "routes: [{ get: /records, max-items: 10 }]",
        bad: Portal {
            usual: 20,
            ..Portal::GOOD
        },
        good: Portal {
            usual: 10,
            most: 10,
            ..Portal::GOOD
        },
    },
    Case {
        code: "lists/unlimited",
        config: PLAIN,
        bad: Portal {
            there: 4,
            most: 1_000_000,
            tells: true,
            ..Portal::GOOD
        },
        good: Portal {
            there: 4,
            tells: true,
            ..Portal::GOOD
        },
    },
    Case {
        code: "lists/bad-limit",
        config: PLAIN,
        bad: Portal {
            negative: "500",
            ..Portal::GOOD
        },
        good: Portal::GOOD,
    },
    Case {
        code: "lists/too-large",
        config: "routes: [{ get: /records, max-bytes: 20kB }]",
        bad: Portal {
            field: r#""body":"LONG""#,
            ..Portal::GOOD
        },
        good: Portal::GOOD,
    },
    Case {
        code: "lists/sensitive-field",
        config: PLAIN,
        bad: Portal {
            field: r#""password_hash":"$2b$10$abcdefghijklmnopqrstuv""#,
            ..Portal::GOOD
        },
        good: Portal {
            field: r#""has_password":true"#,
            ..Portal::GOOD
        },
    },
    Case {
        code: "lists/sensitive-field",
        config: "objects: [/me]",
        bad: Portal {
            field: r#""mfa_secret":"JBSWY3DPEHPK3PXP""#,
            ..Portal::GOOD
        },
        good: Portal {
            field: r#""mfa_secret":null"#,
            ..Portal::GOOD
        },
    },
    Case {
        code: "lists/unlisted-field",
        config: LISTED,
        bad: Portal {
            field: r#""margin":12"#,
            ..Portal::GOOD
        },
        good: Portal::GOOD,
    },
];

const PLAIN_WITH_LIMIT: &str = "routes: [{ get: /records, limit: limit }]";

#[test]
fn every_code_has_a_bad_case_that_raises_it_alone_and_a_good_one() {
    for case in CASES {
        let run = |portal: Portal| anna().run(case.config, &FakePortal::new(world(portal)));
        let bad = run(case.bad);
        assert_eq!(bad.codes(), [case.code], "{}", case.config);
        let good = run(case.good);
        assert_eq!(good.codes(), Vec::<&str>::new(), "{}", case.code);
        assert_eq!(good.doubt(), "", "{}", case.code);
        assert!(good.report().evaluated > 0);
    }
    for info in META.codes.iter() {
        let code = info.code.as_str();
        assert!(CASES.iter().any(|case| case.code == code), "{code}");
    }
}
