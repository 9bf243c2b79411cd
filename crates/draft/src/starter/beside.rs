//! What stands beside the gate file: the names of its variables, and what git shall not keep.

use super::environments::{Address, PREVIEW_URL};
use super::journeys::{Login, SUPABASE_URL};
use super::{Wish, places};
use crate::project::Host;

/// The file that lists variables.
pub const ENVIRONMENT_SAMPLE: &str = ".env.example";

/// The file that says what git leaves out.
pub const IGNORE_FILE: &str = ".gitignore";

/// What git shall not keep: what outlives a run on this machine.
pub const IGNORED: &str = ".tidegate/";

/// A variable that the gate file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its name.
    pub name: String,
    /// What it is, on one line.
    pub what: String,
    /// An example of a value; empty for what nobody can guess.
    pub example: String,
    /// Whether the gate file needs it as it is written, and not only what is switched off there.
    pub now: bool,
}

/// The variables that the gate file names.
pub fn needed(wish: &Wish) -> Vec<Needed> {
    let one = |name: &str, what: &str, example: &str, now: bool| Needed {
        name: name.to_owned(),
        what: what.to_owned(),
        example: example.to_owned(),
        now,
    };
    let mut all = Vec::new();
    let places = places(wish);
    let is_variable = |place: &super::Place| matches!(place.address, Address::Variable(_));
    if places.iter().any(is_variable) {
        all.push(one(
            PREVIEW_URL,
            "the address of the preview that is looked at",
            "https://preview.example",
            true,
        ));
    }
    if wish.is_hosted_at(Host::Vercel) {
        all.push(one(
            "VERCEL_BYPASS",
            "Vercel's secret for automation, when previews are behind its sign-in",
            "",
            false,
        ));
    }
    match Login::of(wish) {
        Login::Supabase => {
            all.push(one(
                SUPABASE_URL,
                "the address of the Supabase project",
                "https://project.supabase.co",
                false,
            ));
            all.push(one(
                "SUPABASE_ANON_KEY",
                "its public key, anon or publishable; never the service_role key",
                "",
                false,
            ));
        }
        Login::Firebase => all.push(one(
            "FIREBASE_API_KEY",
            "the web API key of the Firebase project",
            "",
            false,
        )),
        Login::Form | Login::Json => {}
    }
    for (name, client) in [("ANNA", "one client"), ("BORIS", "another client")] {
        let what = format!("the test account of {client}");
        all.push(one(&format!("{name}_EMAIL"), &what, "", false));
        all.push(one(&format!("{name}_PASSWORD"), "its password", "", false));
    }
    all
}

/// The lines for [`ENVIRONMENT_SAMPLE`] that a text of it lacks; nothing when it names every variable.
///
/// They are comments, because the variables are the gate's and not the app's: a name that stands there
/// plainly is one that every environment of the app has to have.
pub fn sample(wish: &Wish, there: &str) -> Option<String> {
    let lines: Vec<String> = needed(wish)
        .into_iter()
        .filter(|one| !names(there, &one.name))
        .map(|one| format!("# {}={}  # {}\n", one.name, one.example, one.what))
        .collect();
    if lines.is_empty() {
        return None;
    }
    Some(format!(
        "# For the gate (`tidegate run`), not for the app. Values of CI are secrets of the workflow.\n{}",
        lines.concat()
    ))
}

/// Whether a text has a line that gives this variable a value, switched off or not.
fn names(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start().trim_start_matches('#').trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}
