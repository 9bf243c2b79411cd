//! What may silence a finding, and what may not.

use super::support::{Bench, Key, settings, stripe};

fn allowed(key: &Key) -> String {
    settings(key)
        .replace(";\nexport", ";\n\nexport")
        .replace("';\n", "'; // tidegate:allow\n")
}

#[test]
fn an_allow_comment_that_came_with_the_change_silences_nothing() {
    let bench = Bench::repository();
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.write("src/pay.ts", allowed(&stripe(0)));
    let look = bench.look("");
    look.finds(&["stripe-secret-key src/pay.ts:3"]);
    look.says("the comment that allows it came with the same change");
}

#[test]
fn an_allow_comment_that_was_there_before_silences_in_the_whole_tree() {
    let bench = Bench::repository();
    bench.write("src/pay.ts", allowed(&stripe(0)));
    bench.write(
        "src/other.ts",
        format!("const a = '{}'; // gitleaks:allow\n", stripe(1).whole),
    );
    bench.commit("Pay");
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.write("src/pay.ts", format!("{}// edited\n", allowed(&stripe(0))));
    bench.look("").finds(&[]);
    let look = bench.look("tree: true");
    look.finds(&[]).says("2 values are allowed by comments");
}

#[test]
fn a_comment_added_beside_an_old_key_silences_it_in_the_tree_only_once_it_is_in_the_base() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.commit("Pay");
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.write(
        "src/pay.ts",
        settings(&stripe(0)).replace("';\n", "'; // tidegate:allow\n"),
    );
    bench.commit("Allow it");
    bench
        .look("tree: true")
        .finds(&["stripe-secret-key src/pay.ts:2"]);
    bench.git(&["switch", "--quiet", "main"]);
    bench.git(&["merge", "--quiet", "feature"]);
    bench.look("tree: true").finds(&[]);
}

/// A waiver of the finding until a day.
fn waiver(expires: &str) -> String {
    format!(
        "waivers:\n  - code: secrets/stripe-secret-key\n    check: no-secrets\n    owner: anna\n    \
         reason: The key is replaced on Monday.\n    expires: {expires}\n"
    )
}

#[test]
fn a_waiver_holds_until_its_day_and_no_longer() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.gate("site: false", "http://127.0.0.1:9", &waiver("2999-12-31"));
    let look = bench.run(&["--no-preflight"], &[]);
    look.ran.expect(0);
    assert_eq!(look.found(), ["stripe-secret-key src/pay.ts:2"]);
    assert_eq!(
        look.findings()[0]["suppressed"]["by"],
        "waiver",
        "{}",
        look.report
    );
    bench.gate("site: false", "http://127.0.0.1:9", &waiver("2020-01-01"));
    let look = bench.run(&["--no-preflight"], &[]);
    look.ran.expect(1);
    look.says("expired");
}

#[test]
fn an_accepted_finding_stays_accepted_where_it_moves_to_and_another_key_does_not() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.commit("Pay");
    bench.gate("site: false, tree: true", "http://127.0.0.1:9", "");
    bench
        .run(&["--no-preflight"], &[])
        .finds(&["stripe-secret-key src/pay.ts:2"]);
    bench.accept();
    bench.run(&["--no-preflight"], &[]).ran.expect(0);
    bench.git(&["mv", "src/pay.ts", "src/payment.ts"]);
    bench.commit("Move");
    bench.run(&["--no-preflight"], &[]).ran.expect(0);
    bench.write_key("src/payment.ts", &stripe(1));
    bench.commit("Replace");
    bench.run(&["--no-preflight"], &[]).ran.expect(1);
}
