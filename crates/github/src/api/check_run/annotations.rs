//! Annotations as a check run takes them.

use serde_json::{Value, json};
use tidegate_report::annotations::{Annotation, Loudness};
use tidegate_report::text::{one_line, visible};

use crate::api::limits::{MESSAGE, TITLE, fit};

/// An annotation as GitHub takes it.
pub(super) fn sent(annotation: &Annotation) -> Value {
    let place = &annotation.place;
    let mut sent = json!({
        "path": place.path,
        "start_line": place.line,
        "end_line": place.end_line,
        "annotation_level": level(annotation.loudness),
        "title": fit(&one_line(&annotation.title, true), TITLE),
        "message": fit(&visible(&annotation.message, true), MESSAGE),
    });
    if let Some((first, last)) = annotation.columns() {
        sent["start_column"] = json!(first);
        sent["end_column"] = json!(last);
    }
    sent
}

fn level(loudness: Loudness) -> &'static str {
    match loudness {
        Loudness::Error => "failure",
        Loudness::Warning => "warning",
        Loudness::Notice => "notice",
    }
}
