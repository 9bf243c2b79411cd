//! What `tidegate packs` prints.

use crate::support::Project;

#[test]
fn the_packs_are_listed_with_what_they_are_for() {
    let ran = Project::new("").tidegate(&["packs"]);
    insta::assert_snapshot!("packs", ran.expect(0).stdout);
}

#[test]
fn a_pack_is_explained_with_an_include_its_parameters_and_its_checks() {
    let ran = Project::new("").tidegate(&["packs", "stripe-billing"]);
    insta::assert_snapshot!("packs_stripe_billing", ran.expect(0).stdout);
    let page = Project::new("").tidegate(&["packs", "rails", "--markdown"]);
    page.expect(0)
        .says("# rails\n")
        .says("| `member` | The identity of an ordinary user who may create records. | must be given |")
        .says("| `tenants-apart` | isolation | `other` |")
        .never_says("<!--");
}

#[test]
fn a_pack_with_a_slip_in_its_name_is_told_with_the_nearest() {
    let ran = Project::new("").tidegate(&["packs", "next-supabse"]);
    ran.expect(2)
        .says("there is no pack `next-supabse`")
        .says("Did you mean `next-supabase`?");
    let gate = "version: 1\nname: a\nenvironments: { here: { url: \"http://localhost\" } }\ninclude: [{ pack: rials }]\n";
    let ran = Project::new(gate).tidegate(&["plan"]);
    ran.expect(2)
        .says("unknown pack `rials`")
        .says("did you mean `rails`?");
}
