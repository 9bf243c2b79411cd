//! Portals that fail at what they are sent.

use tidegate_core::ports::http::{HttpError, Response};

use super::{ME, Portal, RECORDS, anna, with, world};
use crate::testing::{Asked, FakePortal, Kept, answer};

/// A portal that answers 500 to what has such a field.
fn crashing(
    mut inner: impl FnMut(&Asked) -> Result<Response, HttpError> + Send + 'static,
    field: &'static str,
    stores: bool,
) -> std::sync::Arc<FakePortal> {
    FakePortal::new(move |asked: &Asked| {
        let crashes = asked.method != "GET" && asked.json().get(field).is_some();
        if crashes && !stores {
            return answer(500, "{}");
        }
        let answered = inner(asked);
        if crashes { answer(500, "{}") } else { answered }
    })
}

#[test]
fn a_portal_that_fails_refuses_nothing() {
    let portal = crashing(world(with(&["is_staff"])), "permissions", false);
    let tried = anna().run(RECORDS, &portal);
    assert_eq!(tried.codes(), ["mass-assignment/privilege"]);
    assert_eq!(tried.report().findings[0].subject, "POST /records is_staff");
    let notes = tried.report().notes.join("\n");
    let wanted =
        "Whether POST /records stores permissions is not known: the portal failed with 500";
    assert!(notes.contains(wanted), "{notes}");
    assert!(!notes.contains("is_admin"), "{notes}");
    let portal = crashing(world(Portal::GOOD), "margin", false);
    let config = format!("{RECORDS}fields: {{ margin: 90 }}\n");
    let tried = anna().run(&config, &portal);
    assert!(tried.codes().is_empty());
    let wanted = "Whether POST /records stores margin is not known";
    assert!(tried.doubt().contains(wanted), "{}", tried.doubt());
}

#[test]
fn what_a_failed_change_stored_is_found_and_put_back() {
    let tried = anna().run(ME, &crashing(world(with(&["role"])), "role", true));
    assert_eq!(tried.codes(), ["mass-assignment/privilege"]);
    let finding = &tried.report().findings[0];
    assert_eq!(finding.subject, "PATCH /me role");
    let attack = finding.evidence.iter().find(|one| one.label == "attack");
    assert!(
        attack
            .unwrap()
            .text
            .contains("not taken, as its status says")
    );
    let put_back = Kept::Fulfilled("PATCH /me".into());
    assert_eq!(tried.cleanup.kept(), [put_back.clone(), put_back]);
}

#[test]
fn fields_are_put_back_where_nobody_can_see_whether_they_were_stored() {
    let mut inner = world(with(&["role"]));
    let mut has_crashed = false;
    let portal = FakePortal::new(move |asked: &Asked| {
        has_crashed |= asked.json().get("role").is_some();
        if has_crashed {
            return answer(500, "{}");
        }
        inner(asked)
    });
    let tried = anna().run(ME, &portal);
    assert!(tried.codes().is_empty());
    let put_back = Kept::Fulfilled("PATCH /me".into());
    assert_eq!(tried.cleanup.kept(), [put_back.clone(), put_back]);
}
