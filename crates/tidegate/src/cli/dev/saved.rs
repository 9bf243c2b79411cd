//! Which saved files start another run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use tidegate::Stop;
use tidegate_repo::Watch;

/// How long nothing more must be saved before a run begins.
const QUIET: Duration = Duration::from_millis(150);

/// How long that is waited for while files go on being saved.
const LONGEST: Duration = Duration::from_secs(3);

/// The shortest pause between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// A look may take this part of the time at most.
const SHARE: u32 = 25;

/// How soon Ctrl-C is heeded.
const STEP: Duration = Duration::from_millis(20);

/// In how many runs after each other a file has to change before it counts as written by the run itself.
const OWN: u32 = 3;

/// The files that were saved since the last run began.
pub(super) struct Saved {
    watch: Watch,
    root: String,
    during: During,
}

/// What changes while runs go on.
#[derive(Debug, Default)]
struct During {
    /// In how many runs after each other each file changed.
    counts: BTreeMap<String, u32>,
    /// What changed during the last run and starts another one.
    waiting: BTreeSet<String>,
    /// What is taken as written by the runs themselves and was not told yet.
    untold: BTreeSet<String>,
}

impl During {
    /// Takes what changed during a run.
    fn ended(&mut self, changed: &[String]) {
        self.counts.retain(|path, _| changed.contains(path));
        self.waiting.clear();
        for path in changed {
            let count = self.counts.entry(path.clone()).or_default();
            *count += 1;
            match (*count).cmp(&OWN) {
                std::cmp::Ordering::Less => drop(self.waiting.insert(path.clone())),
                std::cmp::Ordering::Equal => drop(self.untold.insert(path.clone())),
                std::cmp::Ordering::Greater => {}
            }
        }
    }
}

impl Saved {
    /// Watches the repository around the gate file, or its folder where there is none.
    pub(super) fn below(gate: &Path) -> Self {
        let folder = gate.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let root = repository(&folder).unwrap_or(folder);
        Self {
            watch: Watch::new(&root),
            root: root.display().to_string(),
            during: During::default(),
        }
    }

    pub(super) fn greeting(&self) -> String {
        let files = match self.watch.files() {
            1 => "1 file".to_owned(),
            number => format!("{number} files"),
        };
        let part = if self.watch.is_whole() {
            ""
        } else {
            " (there are more, which are not watched)"
        };
        format!("Watching {files} below {}{part}.", self.root)
    }

    /// A run begins: what was saved before belongs to it.
    pub(super) fn begin(&mut self) {
        self.watch.changes();
    }

    /// The run ended: what was saved meanwhile starts another one.
    pub(super) fn end(&mut self) {
        let changed = self.watch.changes();
        self.during.ended(&changed);
    }

    /// Which files no longer start a run, when that is new.
    pub(super) fn note(&mut self) -> Option<String> {
        let told = std::mem::take(&mut self.during.untold);
        let names: Vec<String> = told.iter().map(|path| format!("`{path}`")).collect();
        (!names.is_empty()).then(|| {
            format!(
                "{} changed in {OWN} runs after each other, and is taken as written by them",
                names.join(", ")
            )
        })
    }

    /// Waits until files were saved and no more come; nothing when Ctrl-C came.
    pub(super) fn wait(&mut self, stop: &Stop) -> Option<Vec<String>> {
        let mut changed = std::mem::take(&mut self.during.waiting);
        while changed.is_empty() {
            let began = Instant::now();
            changed.extend(self.watch.changes());
            if changed.is_empty() {
                pause(PAUSE.max(began.elapsed().saturating_mul(SHARE)), stop)?;
            }
        }
        let until = Instant::now() + LONGEST;
        loop {
            pause(QUIET, stop)?;
            let more = self.watch.changes();
            if more.is_empty() || Instant::now() > until {
                changed.extend(more);
                return Some(changed.into_iter().collect());
            }
            changed.extend(more);
        }
    }
}

/// Waits; nothing when Ctrl-C came.
fn pause(time: Duration, stop: &Stop) -> Option<()> {
    let until = Instant::now() + time;
    loop {
        if stop.is_requested() {
            return None;
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Some(());
        }
        std::thread::sleep(left.min(STEP));
    }
}

#[cfg(feature = "git")]
fn repository(folder: &Path) -> Option<std::path::PathBuf> {
    use tidegate_core::ports::Repository as _;
    let found = tidegate_repo::GitRepository::discover(folder).ok()?;
    Some(found.root().to_owned())
}

#[cfg(not(feature = "git"))]
fn repository(_folder: &Path) -> Option<std::path::PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_changes_during_a_run_starts_another_until_it_is_the_runs_own() {
        let mut during = During::default();
        for run in 1..OWN {
            during.ended(&paths(&["dist/app.js"]));
            assert!(during.waiting.contains("dist/app.js"), "{run}");
            assert!(during.untold.is_empty());
        }
        during.ended(&paths(&["dist/app.js", "src/app.ts"]));
        assert_eq!(Vec::from_iter(&during.waiting), ["src/app.ts"]);
        assert_eq!(
            Vec::from_iter(std::mem::take(&mut during.untold)),
            ["dist/app.js"]
        );
        during.ended(&paths(&["dist/app.js"]));
        assert!(during.waiting.is_empty() && during.untold.is_empty());
        during.ended(&[]);
        during.ended(&paths(&["dist/app.js"]));
        assert!(
            during.waiting.contains("dist/app.js"),
            "a quiet run ends that"
        );
    }

    #[test]
    fn ctrl_c_ends_the_wait() {
        let folder = tempfile::tempdir().unwrap();
        let mut saved = Saved::below(&folder.path().join("tidegate.yaml"));
        let stop = Stop::new();
        stop.request();
        assert_eq!(saved.wait(&stop), None);
    }

    #[test]
    fn what_was_saved_during_a_run_is_not_waited_for_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut saved = Saved::below(&folder.path().join("tidegate.yaml"));
        saved.begin();
        std::fs::write(folder.path().join("a.ts"), "1").unwrap();
        saved.end();
        assert_eq!(saved.wait(&Stop::new()), Some(paths(&["a.ts"])));
        assert!(saved.during.waiting.is_empty());
    }
}
