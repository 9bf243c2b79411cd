//! A look at everything that a run needs: what is there, and how to mend what is not.
//!
//! ```no_run
//! use tidegate::Gate;
//! use tidegate::doctor::{Look, examine};
//!
//! let examination = examine(Gate::builder("tidegate.yaml"), &Look::default());
//! if !examination.is_ready() {
//!     eprintln!("{}", examination.text(&tidegate::report::Style::PLAIN));
//! }
//! ```
//!
//! No check runs and nothing is written. Everything is looked at beside each other, and what does not answer
//! in time is told as that, so that all of it takes no longer than three seconds.

mod gate;
mod pending;
mod program;
mod programs;
mod reach;
mod repository;
mod state;
#[cfg(feature = "github")]
mod token;
mod workflow;

use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use tidegate_report::doctor::{Examination, Group, Line, State};

use crate::ci::Situation;
use crate::gate::{Gate, GateBuilder};
use crate::run::Error;
use pending::Pending;

/// How long one thing is waited for.
const WITHIN: Duration = Duration::from_secs(2);

/// How long everything takes at most, what has no bound of its own included.
const ALL: Duration = Duration::from_millis(2_600);

/// What is looked at beside the gate file, and how.
#[derive(Debug, Clone)]
pub struct Look {
    /// Whether each identity logs in.
    pub logins: bool,
    /// Where the run comes from.
    pub situation: Situation,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            logins: true,
            situation: Situation::default(),
        }
    }
}

/// Looks at everything that a run with this gate needs.
///
/// The gate file is read as it is and locks nothing anew. Of a change that is not trusted no address is asked.
pub fn examine(builder: GateBuilder, look: &Look) -> Examination {
    let until = Instant::now() + ALL;
    let surroundings = Surroundings::of(&builder);
    let loaded = builder.locked(true).load();
    // Whoever wrote such a change chose the addresses, and gets no secrets.
    let untrusted = look.situation.provenance.untrusted.as_ref();
    let trusted = loaded.as_ref().ok().filter(|_| untrusted.is_none());
    let reach = trusted.map(|gate| {
        let (gate, logins) = (gate.clone(), look.logins);
        Pending::begin("addresses", move || gate.look(logins, WITHIN))
    });
    let token = token(&surroundings);
    let repository = repository::begin(&surroundings, loaded.as_ref().ok(), &look.situation);
    let workflow = workflow::begin(&surroundings.folder);
    let programs = programs::begin(&surroundings, loaded.as_ref().ok());
    let mut groups = vec![program::group(), gate::group(&surroundings, &loaded)];
    groups.extend(
        reach
            .zip(loaded.as_ref().ok())
            .into_iter()
            .flat_map(|(reach, gate)| reach::groups(reach.lines_or(until), gate, look.logins)),
    );
    groups.extend(untrusted.map(|who| group("addresses", "Addresses", vec![unasked(who)])));
    let mut github = workflow.lines(until);
    github.extend(token.map_or_else(Vec::new, |token| token.lines(until)));
    groups.extend([
        group("repository", "Repository", repository.lines(until)),
        group("github", "GitHub", github),
        group("programs", "Programs", programs.lines(until)),
        group(
            "state",
            "Files of Tidegate",
            state::lines(&surroundings.folder, loaded.as_ref().ok()),
        ),
    ]);
    Examination { groups }
}

/// Why nothing is asked of the addresses of a change that is not trusted.
fn unasked(who: &str) -> Line {
    Line::note(format!(
        "no address is asked and nobody is logged in: this is {who}"
    ))
    .remedy("Type `tidegate doctor` in a checkout that you trust.")
}

fn group(name: &'static str, title: &'static str, lines: Vec<Line>) -> Group {
    Group { name, title, lines }
}

/// Where the gate file is, whether it can be read or not.
#[derive(Clone)]
struct Surroundings {
    path: PathBuf,
    folder: PathBuf,
    /// Whether the starter set may take the place of the gate file.
    may_start: bool,
    variables: crate::source::Variables,
}

impl Surroundings {
    fn of(builder: &GateBuilder) -> Self {
        let path = builder.path().to_owned();
        Self {
            folder: crate::init::folder_of(&path).to_owned(),
            may_start: builder.may_start(),
            variables: builder.values(),
            path,
        }
    }

    /// The value of a variable that is set and not empty.
    #[cfg_attr(not(feature = "github"), allow(dead_code))]
    fn variable(&self, name: &str) -> Option<String> {
        use tidegate_core::ports::Variables as _;
        let value = self.variables.get(name)?.expose().to_owned();
        Some(value).filter(|value| !value.is_empty())
    }
}

#[cfg(feature = "github")]
fn token(surroundings: &Surroundings) -> Option<Pending<Vec<Line>>> {
    token::begin(surroundings)
}

#[cfg(not(feature = "github"))]
fn token(_surroundings: &Surroundings) -> Option<Pending<Vec<Line>>> {
    None
}

/// What was read of the gate file.
type Loaded = Result<Gate, Error>;
