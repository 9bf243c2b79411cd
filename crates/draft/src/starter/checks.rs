//! The checks that need no account.

use std::fmt::Write as _;

use super::Wish;
use super::write::{comment, literal};

/// A check of the starter set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its id.
    pub id: &'static str,
    /// What it looks at, in lines of a comment.
    pub words: &'static [&'static str],
    /// Its kind and what that is told, as YAML on one line.
    pub kind: String,
    /// The check that has to pass before it.
    pub needs: Option<&'static str>,
}

/// The checks that a gate file gets, in its order.
pub fn checks(wish: &Wish) -> Vec<Check> {
    let one = |id, words, kind: &str| Check {
        id,
        words,
        kind: kind.to_owned(),
        needs: None,
    };
    let mut checks = vec![
        home_page(wish),
        one(
            "no-secrets",
            &[
                "No key, token or password in what the change brings into the repository, in the build",
                "output, or on the site itself.",
            ],
            "secrets: {}",
        ),
        one(
            "environments-apart",
            &[
                "Production and the other environments share no database and no key, and production",
                "names no staging address and no test key. Reads the .env files and settings it finds.",
            ],
            "environment: {}",
        ),
        one(
            "nothing-exposed",
            &[
                "Nothing is served that is for its makers only: .env, .git, backups, consoles, error",
                "pages that show the inside of the program.",
            ],
            "exposure: {}",
        ),
        fast(wish),
    ];
    checks.extend(cors(wish));
    checks.extend(contract(wish));
    checks
}

/// Writes the starter set below `checks:`.
pub(super) fn write(text: &mut String, wish: &Wish) {
    for (place, check) in checks(wish).iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        comment(text, 2, check.words);
        // Writing to a text does not fail.
        let _ = writeln!(text, "  {}:", check.id);
        if let Some(needs) = check.needs {
            let _ = writeln!(text, "    needs: [{needs}]");
        }
        let _ = writeln!(text, "    {}", check.kind);
    }
}

/// The first page. An interface without pages is asked for the path that tells it is ready.
fn home_page(wish: &Wish) -> Check {
    let (words, kind): (&[_], _) = match wish.first_path() {
        "/" => (
            &["The first page and everything it loads are there: scripts, styles, images."],
            "page: {}".to_owned(),
        ),
        path => (
            &["The app answers at the address that tells it is ready."],
            format!("page: {{ paths: [{}] }}", literal(path)),
        ),
    };
    Check {
        id: "home-page",
        words,
        kind,
        needs: None,
    }
}

/// How fast the first page is, which nobody can say of one that is not there.
fn fast(wish: &Wish) -> Check {
    let path = literal(wish.first_path());
    Check {
        id: "home-page-is-fast",
        words: &[
            "95 of 100 requests for it take at most half a second. `within` is the most time the",
            "measurement takes; it ends as soon as the answer is clear.",
        ],
        kind: format!("latency: {{ get: {path}, p95: 500ms, within: 15s }}"),
        needs: Some("home-page"),
    }
}

/// Which web sites may read the answers of the interface: asked of a route that takes nothing to fill in
/// and answers strangers, because no other proves anything without an account.
fn cors(wish: &Wish) -> Option<Check> {
    let api = wish
        .app
        .as_ref()?
        .api
        .as_ref()
        .filter(|told| told.value.open)?;
    let path = api.value.read.as_ref()?;
    let route = literal(&format!("GET {path}"));
    Some(Check {
        id: "only-our-sites-read",
        words: &[
            "No other web site may read the answers of the interface in a visitor's browser. Sites",
            "of yours that call it stand in `allowed: [https://app.example]`.",
        ],
        kind: format!("cors: {{ routes: [{route}] }}"),
        needs: None,
    })
}

/// Whether the interface keeps to its document.
fn contract(wish: &Wish) -> Option<Check> {
    wish.document.as_ref()?;
    Some(Check {
        id: "api-as-agreed",
        words: &[
            "Every operation that only reads answers as the document above says, and a change of",
            "the document breaks nobody who uses the interface today.",
        ],
        kind: "contract: {}".to_owned(),
        needs: None,
    })
}
