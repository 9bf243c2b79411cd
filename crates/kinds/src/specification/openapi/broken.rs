//! References that lead nowhere, wherever they stand.

use tidegate_core::diagnostic::Diagnostic;

use super::super::At;
use super::Reader;

/// What stands under these keys is data and no part of the description.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "const", "value"];

impl Reader<'_> {
    /// Tells every reference of every document that leads nowhere.
    pub(super) fn references(&mut self) {
        let library = self.library;
        for at in library.references() {
            let Err(error) = at.follow() else {
                continue;
            };
            if is_data(at) {
                continue;
            }
            let mark = at.get("$ref").unwrap_or(at);
            let fault = Diagnostic::at(mark.span(), error.to_string()).help(error.help());
            self.tell(fault);
        }
    }
}

/// Whether a value is part of an example or an extension.
fn is_data(at: At<'_>) -> bool {
    let mut above = Some(at);
    while let Some(value) = above {
        let parent = value.parent();
        if let Some(key) = value.key() {
            // A property or a component may be called so.
            let named = parent.and_then(At::key).is_some_and(|key| {
                matches!(
                    key,
                    "properties" | "schemas" | "patternProperties" | "$defs" | "examples"
                )
            });
            if !named && (DATA.contains(&key) || key.starts_with("x-")) {
                return true;
            }
        }
        above = parent;
    }
    false
}
