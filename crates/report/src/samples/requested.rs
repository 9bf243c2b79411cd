//! A run of a pull request, with what its gate file says to whoever the portal is handed to.

use tidegate_core::event::Summary;
use tidegate_core::handover::{Answer, Asked, Handover, Watch};
use tidegate_core::provenance::Provenance;

use super::blocked;

/// A handover with an answer that still holds, and one that does not.
pub(crate) fn handover() -> Handover {
    let answer = |asked, on: &str| Answer {
        asked,
        yes: false,
        because: "Ten people use it and call us first".into(),
        by: "Mia Berg".into(),
        on: on.parse().unwrap(),
    };
    Handover {
        client: Some("Acme".into()),
        prepared_by: Some("Harbour Studio".into()),
        answers: vec![
            answer(Asked::MoreThanFiveTickets, "2026-11-20"),
            answer(Asked::ErrorsCaptured, "2026-02-20"),
        ],
        journeys: vec![("sign-out".into(), "A member signs out.".into())],
        known_limits: vec!["There is no export.".into()],
        next_steps: vec!["Add an export of records.".into()],
        watch: Watch {
            first_14_days: vec!["Look at the mail that bounces.".into()],
            first_30_days: vec!["Ask the three largest customers.".into()],
        },
    }
}

/// A blocked run of a pull request, of a gate file below the repository's root.
pub(crate) fn requested() -> Summary {
    let mut summary = blocked();
    summary.results[0].findings[0].changed = true;
    Summary {
        provenance: Provenance {
            repository: Some("https://github.com/acme/portal".into()),
            commit: Some("6e2f0c1d9b8a7f6e5d4c3b2a190817263544f3e2".into()),
            base: Some("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c".into()),
            branch: Some("records".into()),
            pull_request: Some(17),
            event: Some("pull_request".into()),
            run: Some("https://github.com/acme/portal/actions/runs/4211".into()),
            folder: Some("apps/portal".into()),
            untrusted: None,
            pending: None,
            consequence: Some("The pull request cannot be merged.".into()),
        },
        handover: Some(handover()),
        ..summary
    }
}
