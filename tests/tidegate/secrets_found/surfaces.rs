//! Where a key may be seen in a repository, and when it is new there.

use super::support::{Bench, database, service_role, settings, stripe};

const FOUND: &str = "stripe-secret-key src/pay.ts:2";

/// A repository on a branch beside `main`.
fn branch() -> Bench {
    let bench = Bench::repository();
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench
}

#[test]
fn a_key_is_found_committed_staged_changed_and_untracked() {
    let bench = branch();
    bench.write("src/pay.ts", "export const paymentKey = '';\n");
    bench.commit("Prepare to pay");
    bench.look("").finds(&[]);
    bench.write_key("src/pay.ts", &stripe(0));
    bench
        .look("")
        .finds(&[FOUND])
        .says("1 changed file was compared with `main`");
    bench.look("head: staged").finds(&[]);
    bench.git(&["add", "--all"]);
    bench.look("head: staged").finds(&[FOUND]);
    bench.commit("Pay");
    bench.look("").finds(&[FOUND]).says("compared with `main`");
    bench.look("head: HEAD").finds(&[FOUND]);
    bench.look("base: HEAD").finds(&[]);

    let untracked = Bench::repository();
    untracked.write_key("src/pay.ts", &stripe(0));
    let look = untracked.look("");
    look.finds(&[FOUND]).says("not committed yet");
    untracked.commit("Pay");
    untracked
        .look("")
        .finds(&[])
        .says("everything is committed")
        .says("`tree: true`");
}

#[test]
fn what_is_staged_is_found_also_when_the_file_was_cleaned_again() {
    let bench = branch();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.git(&["add", "--all"]);
    bench.write("src/pay.ts", "export const paymentKey = '';\n");
    bench.look("head: staged").finds(&[FOUND]);
    bench.look("").finds(&[]);
}

#[test]
fn an_ignored_file_is_left_alone_and_a_committed_env_is_not() {
    let bench = branch();
    bench.write(".gitignore", ".tidegate/\ntidegate.yaml\n.env*\n");
    bench.write(
        ".env.local",
        format!("DATABASE_URL={}\n", database(0).whole),
    );
    bench.look("").finds(&[]);
    bench.write(
        ".env",
        format!("# local\nDATABASE_URL={}\n", database(1).whole),
    );
    bench.git(&["add", "--force", ".env"]);
    bench.commit("Keep the settings");
    bench.look("").finds(&["database-url .env:2"]);
}

#[test]
fn a_key_that_moved_or_whose_file_was_renamed_with_edits_is_not_new() {
    let bench = Bench::repository();
    let long: String = (0..40).map(|line| format!("// line {line}\n")).collect();
    bench.write("src/pay.ts", format!("{}{long}", settings(&stripe(0))));
    bench.write_key("src/other.ts", &stripe(1));
    bench.commit("Pay");
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.git(&["mv", "src/pay.ts", "src/payment.ts"]);
    bench.write(
        "src/payment.ts",
        format!("// edited\n{}{long}", settings(&stripe(0))),
    );
    bench.write("src/other.ts", "// moved\n");
    bench.write_key("config/keys.ts", &stripe(1));
    bench.write("README.md", "# Edited\n");
    bench.look("").finds(&[]);
    bench.commit("Move");
    bench.look("").finds(&[]);
    bench.write_key("config/keys.ts", &stripe(2));
    bench
        .look("")
        .finds(&["stripe-secret-key config/keys.ts:2"]);
}

#[test]
fn a_key_that_moved_into_the_build_output_is_new_because_it_is_served() {
    let bench = Bench::repository();
    bench.write_key("server/keys.ts", &service_role(0));
    bench.commit("Keep a key on the server");
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.look("").finds(&[]);
    bench.write(
        "dist/app.js",
        format!("const k=\"{}\";", service_role(0).whole),
    );
    let look = bench.look("");
    look.finds(&["supabase-service-role-key dist/app.js:1"]);
    look.says("every visitor of the site");
}

#[test]
fn deleting_a_key_is_no_finding() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.write_key("src/old.ts", &stripe(1));
    bench.commit("Pay");
    bench.git(&["switch", "--quiet", "-c", "feature"]);
    bench.git(&["rm", "--quiet", "src/old.ts"]);
    bench.write("src/pay.ts", "export const paymentKey = process.env.PAY;\n");
    bench.look("").finds(&[]);
    bench.commit("Clean up");
    bench.look("").finds(&[]);
}

#[test]
fn a_merge_from_main_brings_no_news() {
    let bench = branch();
    bench.write("src/mine.ts", "export const mine = true;\n");
    bench.commit("Work");
    bench.git(&["switch", "--quiet", "main"]);
    bench.write_key("src/pay.ts", &stripe(0));
    bench.commit("Pay");
    bench.git(&["switch", "--quiet", "feature"]);
    bench.git(&["merge", "--quiet", "--no-edit", "main"]);
    bench.look("").finds(&[]);
    bench.write_key("src/mine.ts", &stripe(1));
    bench.look("").finds(&["stripe-secret-key src/mine.ts:2"]);
}

#[test]
fn the_tree_has_what_no_change_touched_and_folders_what_git_ignores() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.commit("Pay");
    bench.write("README.md", "# Edited\n");
    bench.look("").finds(&[]);
    bench
        .look("tree: true")
        .finds(&[FOUND])
        .says("stands in src/pay.ts");
    bench.write(".gitignore", ".tidegate/\ntidegate.yaml\nuploads/\n");
    bench.write_key("uploads/old/keys.ts", &stripe(1));
    bench.look("").finds(&[]);
    bench
        .look("files: [uploads]")
        .finds(&["stripe-secret-key uploads/old/keys.ts:2"]);
}

#[test]
fn history_finds_a_key_that_was_added_and_removed_again_with_its_commit() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    let added = bench.commit("Pay");
    bench.write("src/pay.ts", "export const paymentKey = process.env.PAY;\n");
    let removed = bench.commit("Take the key out");
    bench.look("tree: true").finds(&[]);
    let look = bench.look("history: true");
    look.finds(&[FOUND]).says("in the history of src/pay.ts");
    look.says(&format!("commit {} by Anna", &added[..12]));
    bench
        .look(&format!("history: true, history-since: {removed}"))
        .finds(&[]);
}

#[test]
fn one_key_in_many_places_is_one_finding_that_names_them() {
    let bench = branch();
    for file in ["a.ts", "b.ts", "c.ts"] {
        bench.write_key(file, &stripe(0));
    }
    let look = bench.look("");
    look.finds(&["stripe-secret-key a.ts:2"]);
    look.says("b.ts:2").says("c.ts:2");
}
