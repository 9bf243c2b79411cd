use insta::assert_snapshot;
use proptest::prelude::*;
use std::borrow::Cow;
use tidegate_core::meta::{Docs, RetryClass, Severity};
use tidegate_core::name::Code;

use super::*;

const INFO: CodeInfo = CodeInfo::known(
    "flow/status",
    Severity::High,
    Effort::Small,
    "A request is answered with another status than expected",
    "A step that users take every day does not work.",
);
const DOCS: &str = "# flow\n\n## What it does\n\nPlays **requests** in order,\none after the other.\n\n\
    ## Example\n\n```yaml\n# a comment, no heading\nflow:\n  - get: /\n```\n\n\
    ## flow/status\n\nThe status is another one.\n\n- Look at the log.\n- Look at the\n  answer.\n\n\
    ## How to fix\n\nMend the portal.\n\n## References\n\nNone.\n";

fn meta() -> Meta {
    Meta {
        name: "flow".into(),
        summary: "Plays requests in order".into(),
        docs: Docs::known(DOCS),
        codes: Cow::Owned(vec![INFO]),
        always_run: false,
        retry: RetryClass::Allowed,
        ports: Cow::Borrowed(&[]),
    }
}

#[test]
fn a_code_is_explained_by_its_own_section_and_the_remedy() {
    assert_snapshot!(explain_code(&meta(), &INFO, &Style::PLAIN));
}

#[test]
fn a_page_keeps_its_code_and_wraps_its_prose() {
    assert_snapshot!(explain_kind(&meta(), &Style::PLAIN));
}

#[test]
fn a_registry_without_kinds_is_an_empty_list() {
    let text = kinds_text(&Registry::default(), &Style::PLAIN);
    assert!(text.starts_with("Check kinds\n"), "{text}");
}

#[test]
fn a_kind_is_listed_with_its_codes() {
    let style = Style::PLAIN;
    let mut page = Page::new(&style);
    listed(&mut page, &meta());
    assert_snapshot!(page.finish());
}

const STRIPE: CodeInfo = CodeInfo::known(
    "secrets/stripe-secret-key",
    Severity::Critical,
    Effort::Small,
    "A Stripe secret key is in a place where others can read it",
    "Whoever has it can charge and refund cards in your name.",
);
const SECRETS: &str = r"# secrets

## What it does

Looks for secrets.

## How to fix

Take the secret out of the place, and **replace** it: what was readable once counts as known.

```yaml
# the place for it
variables: {}
```

Then see [the codes](#codes).

## Codes

### secrets/stripe-secret-key

A Stripe secret key. Whoever has it can charge and refund cards.

How to replace it:

1. Open the Stripe Dashboard, Developers, [API keys](https://dashboard.stripe.com/apikeys).
2. Choose *Rotate key* at the key that leaked, and let the old one expire at once; both work until
   then.
3. Put the new one into:
   - the host's settings, **never** a file,
   - the vault, with

     ```console
     $ vault kv put portal stripe=-
     ```

   It is read from standard input.
10. Look through the log of requests since the day it leaked.

Where it belongs: in the environment of the server, as `STRIPE_SECRET_KEY`. It was moved there in
2026. A [note](docs/keys.md) in the `[docs](#x)` says why.

| Prefix | Meaning |
|---|:--|
| `sk_live_` | live |
| `sk_test_` \| `rk_test_` | test |

| Key | Meaning | Default |
|---|---|---|
| `verify` | Whether the provider is asked who the secret belongs to; sends one request to it. | `false` |
| `depth` | How many archives in archives are opened. | |

Source: <https://docs.stripe.com/keys>

### secrets/other

Another one.
";

/// A kind with as many codes, each third critical.
fn secrets(codes: usize) -> Meta {
    let numbered = (2..=codes).map(|number| CodeInfo {
        code: Code::new(format!("secrets/rule-{number}")),
        summary: format!("Secret number {number}").into(),
        severity: match number % 3 {
            0 => Severity::Critical,
            _ => Severity::Medium,
        },
        ..STRIPE
    });
    Meta {
        name: "secrets".into(),
        summary: "Looks for secrets".into(),
        docs: Docs::known(SECRETS),
        codes: std::iter::once(STRIPE).chain(numbered).collect(),
        always_run: true,
        ..meta()
    }
}

const EIGHTY: Style = Style {
    color: false,
    width: 80,
    unicode: true,
};

#[test]
fn a_code_with_steps_of_its_own_reads_well() {
    let meta = secrets(80);
    assert_snapshot!(explain_code(&meta, &STRIPE, &EIGHTY));
}

#[test]
fn of_a_kind_with_many_codes_the_worst_are_listed_and_the_others_counted() {
    let mut page = Page::new(&EIGHTY);
    listed(&mut page, &secrets(80));
    assert_snapshot!(page.finish());
}

#[test]
fn a_few_codes_more_are_not_worth_leaving_out() {
    let lines = |codes| {
        let mut page = Page::new(&EIGHTY);
        listed(&mut page, &secrets(codes));
        page.finish().matches("    - ").count()
    };
    assert_eq!((lines(12), lines(16), lines(17)), (12, 16, 13));
}

#[test]
fn the_page_of_a_kind_with_many_codes_ends_with_all_of_them() {
    let text = explain_kind(&secrets(80), &EIGHTY);
    let (_, list) = text.split_once("\nEverything it finds\n\n").unwrap();
    assert_eq!(list.matches("  - ").count(), 80);
    assert!(
        list.starts_with("  - secrets/stripe-secret-key (critical): "),
        "{list}"
    );
    assert!(list.contains("\n  - secrets/rule-80 (medium): Secret number 80\n"));
    assert!(!explain_kind(&secrets(16), &EIGHTY).contains("Everything it finds"));
}

/// The docs of a page as they are shown.
fn rendered(docs: &str) -> String {
    let docs = Docs::Written(docs.to_owned().into());
    explain_kind(&Meta { docs, ..meta() }, &EIGHTY)
}

#[test]
fn links_show_where_they_lead_and_code_is_left_alone() {
    for (docs, shown) in [
        ("see [a](https://a.example)", "see a (https://a.example)"),
        (
            "[https://a.example](https://a.example)",
            "https://a.example",
        ),
        ("[the **codes**](#codes)", "the codes"),
        ("[`a[0]`](a.md)", "[`a[0]`](a.md)"),
        ("`[a](b)` **c** `**d**`", "`[a](b)` c `**d**`"),
        ("a [b] (c) <d> *e* `f", "a [b] (c) <d> *e* `f"),
        ("<https://a.example>", "https://a.example"),
    ] {
        assert_eq!(rendered(docs).trim_end(), shown, "{docs}");
    }
}

#[test]
fn a_list_ends_where_a_line_does_not_belong_to_it() {
    let text = rendered("- a\n  - b\n\n    c\n\n  d\n- e\n\nf\n1. g\n2. h\n\ni\n2. j");
    let shown = "  - a\n    - b\n\n      c\n\n    d\n  - e\n\nf\n  1. g\n  2. h\n\ni 2. j\n";
    assert_eq!(text, shown);
}

proptest! {
    #[test]
    fn any_page_is_shown_and_steers_nothing(
        docs in "([-#|`*<>()\\[\\]:0-9. \n\u{0}-\u{9f}\\PC]|\n|\n- |\n1. |\n```|\n\\| |    |\\]\\(|\n#+ ){0,40}",
    ) {
        let text = rendered(&docs);
        prop_assert!(!text.chars().any(|c| c != '\n' && crate::text::steers(c)), "{text:?}");
        prop_assert!(!text.contains("##["));
        prop_assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
    }
}
