//! Which files of a project are read for routes.

use std::ops::ControlFlow;

use tidegate_core::ports::{Files, FilesError};

/// The most source files that are read.
const FILE_LIMIT: usize = 5_000;

/// The largest source file that is read, in bytes: what people write is smaller.
const SIZE_LIMIT: usize = 1024 * 1024;

/// The most source code that is read, in bytes: all of it is held in memory.
const TOTAL_LIMIT: usize = 32 * 1024 * 1024;

/// How many faults are told one by one.
const TOLD_LIMIT: usize = 20;

/// Folders that hold what was built, installed or is for tests.
const SKIPPED: [&str; 30] = [
    "node_modules",
    ".git",
    ".next",
    ".nuxt",
    ".svelte-kit",
    ".vercel",
    ".netlify",
    ".turbo",
    ".cache",
    ".output",
    "dist",
    "build",
    "out",
    "coverage",
    "target",
    "vendor",
    "venv",
    ".venv",
    "env",
    "site-packages",
    "__pycache__",
    ".tox",
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "e2e",
    "cypress",
    "playwright",
    "storybook-static",
];

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JavaScript or TypeScript.
    JavaScript,
    /// Python.
    Python,
}

/// A source file.
#[derive(Debug)]
pub struct Source {
    /// Its path relative to the gate file's folder.
    pub path: String,
    /// What it is written in.
    pub language: Language,
    /// What it holds.
    pub text: String,
}

/// The source files of a project and what could not be read.
#[derive(Debug, Default)]
pub struct Sources {
    /// Sorted by path.
    pub list: Vec<Source>,
    /// Each in a phrase that begins with the place.
    pub unread: Vec<String>,
}

impl Sources {
    /// Reads the source files below these folders; all when none is named.
    pub(super) fn read(files: &dyn Files, folders: &[String]) -> Self {
        let mut sources = Self::default();
        let paths = sources.paths(files, folders);
        sources.read_all(files, paths);
        sources
    }

    /// Reads those of these files that people wrote, and not for tests, as source code.
    pub fn among<'p>(files: &dyn Files, paths: impl Iterator<Item = &'p str>) -> Self {
        let mut sources = Self::default();
        let paths = paths.filter(|path| is_written(path) && language(path).is_some());
        sources.read_all(files, paths.map(str::to_owned).collect());
        sources
    }

    fn read_all(&mut self, files: &dyn Files, mut paths: Vec<String>) {
        let sources = self;
        paths.sort_unstable();
        paths.dedup();
        if paths.len() > FILE_LIMIT {
            let more = paths.len() - FILE_LIMIT;
            sources.tell_first(format!(
                "{more} source files were left out after the first {FILE_LIMIT}"
            ));
            paths.truncate(FILE_LIMIT);
        }
        let mut total = 0;
        let count = paths.len();
        for (number, path) in paths.into_iter().enumerate() {
            if total > TOTAL_LIMIT {
                let more = count - number;
                sources.tell_first(format!(
                    "{more} source files were left out after the first {} MiB",
                    TOTAL_LIMIT / 1024 / 1024
                ));
                break;
            }
            total += sources.take(files, path);
        }
        let untold = sources.unread.len().saturating_sub(TOLD_LIMIT);
        if untold > 0 {
            sources.unread.truncate(TOLD_LIMIT);
            sources.tell(format!("{untold} more places could not be read"));
        }
    }

    fn tell(&mut self, what: String) {
        self.unread.push(what);
    }

    /// Tells first how much is left out, so that it is not among what is only counted.
    fn tell_first(&mut self, what: String) {
        self.unread.insert(0, what);
    }

    fn paths(&mut self, files: &dyn Files, folders: &[String]) -> Vec<String> {
        let folders: Vec<&str> = folders.iter().map(|folder| trimmed(folder)).collect();
        let wanted = |path: &str| {
            let below = |folder: &&str| {
                let rest = path.strip_prefix(folder);
                folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
            };
            folders.is_empty() || folders.iter().any(below)
        };
        let glob = "**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,py}".to_owned();
        let (mut paths, faults) = listed(files, glob);
        self.unread.extend(faults);
        for folder in folders.iter().filter(|folder| !folder.is_empty()) {
            let prefix = format!("{folder}/");
            if !paths.iter().any(|path| path.starts_with(&prefix)) {
                self.tell(format!("{folder} holds no source files"));
            }
        }
        paths.retain(|path| wanted(path) && is_written(path) && language(path).is_some());
        paths
    }

    /// Reads a file and says how much of it is kept.
    fn take(&mut self, files: &dyn Files, path: String) -> usize {
        let Some(language) = language(&path) else {
            return 0;
        };
        match files.read(&path, SIZE_LIMIT) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(mut text) => {
                    // A byte order mark would be a part of the first word.
                    if text.starts_with('\u{feff}') {
                        text.drain(..'\u{feff}'.len_utf8());
                    }
                    let kept = text.len();
                    self.list.push(Source {
                        path,
                        language,
                        text,
                    });
                    return kept;
                }
                Err(_) => self.tell(format!("{path} is not UTF-8")),
            },
            Err(FilesError::TooLarge { path, .. }) => {
                self.tell(format!("{path} is larger than 1 MiB"));
            }
            Err(fault) => self.tell(phrase(&fault)),
        }
        0
    }
}

/// The files that a glob fits, and what could not be looked into. When the port cannot list them, it is
/// every file of the folders that can be listed.
pub fn listed(files: &dyn Files, glob: String) -> (Vec<String>, Vec<String>) {
    let (mut paths, mut faults) = (Vec::new(), Vec::new());
    if let Ok(listed) = files.list(&[glob]) {
        return (listed, faults);
    }
    let ended = files.walk("", &mut |told| {
        match told {
            Ok(found) => paths.push(found.path),
            Err(fault) => faults.push(phrase(&fault)),
        }
        ControlFlow::Continue(())
    });
    faults.extend(ended.err().as_ref().map(phrase));
    (paths, faults)
}

fn phrase(fault: &FilesError) -> String {
    fault.to_string()
}

fn trimmed(folder: &str) -> &str {
    let folder = folder.strip_prefix("./").unwrap_or(folder);
    let folder = folder.trim_end_matches('/');
    if folder == "." { "" } else { folder }
}

/// What a file is written in, by its name.
pub(super) fn language(path: &str) -> Option<Language> {
    let (_, extension) = path.rsplit_once('.')?;
    match extension {
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Some(Language::JavaScript),
        "py" => Some(Language::Python),
        _ => None,
    }
}

/// Whether people wrote a file, and not for tests.
fn is_written(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let of_tests = [".test.", ".spec.", ".stories.", ".d.", ".min.", "_test.py"];
    let of_tests = of_tests.iter().any(|part| name.contains(part));
    let of_tests = of_tests || name.starts_with("test_") || name == "conftest.py";
    !is_foreign(path) && !of_tests
}

/// Whether a file lies in a folder that holds what was built, installed or is for tests.
pub fn is_foreign(path: &str) -> bool {
    let (folders, _) = path.rsplit_once('/').unwrap_or_default();
    folders.split('/').any(|folder| SKIPPED.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeFiles;

    #[test]
    fn what_was_built_installed_or_is_for_tests_is_left_alone() {
        for path in [
            "src/server.js",
            "app/api/x/route.ts",
            "main.py",
            "build.mjs",
            "src/out.ts",
        ] {
            assert!(is_written(path), "{path}");
        }
        for path in [
            "node_modules/express/index.js",
            "apps/web/.next/server/app/page.js",
            "dist/server.js",
            "api/.venv/lib/x.py",
            "src/__tests__/server.ts",
            "src/server.test.ts",
            "tests/test_main.py",
            "test_main.py",
            "src/types.d.ts",
        ] {
            assert!(!is_written(path), "{path}");
        }
    }

    #[test]
    fn no_more_is_read_than_fits_into_memory() {
        let large = "/".repeat(SIZE_LIMIT);
        let names: Vec<String> = (10..46).map(|number| format!("{number}.ts")).collect();
        let listed: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), &*large)).collect();
        let read = Sources::read(&*FakeFiles::new(&listed), &[]);
        assert_eq!(read.list.len(), 33);
        assert_eq!(
            read.unread,
            ["3 source files were left out after the first 32 MiB"]
        );
    }

    #[test]
    fn only_the_named_folders_are_read_and_what_cannot_be_is_told() {
        let large = "/".repeat(SIZE_LIMIT + 1);
        let files = FakeFiles::new(&[
            ("src/a.ts", "a"),
            ("srcs/b.ts", "b"),
            ("src/large.js", &large),
            ("README.md", "c"),
        ]);
        let read = Sources::read(&*files, &["./src/".to_owned(), "lib".to_owned()]);
        let paths: Vec<&str> = read
            .list
            .iter()
            .map(|source| source.path.as_str())
            .collect();
        assert_eq!(paths, ["src/a.ts"]);
        assert_eq!(
            read.unread,
            [
                "lib holds no source files",
                "src/large.js is larger than 1 MiB"
            ]
        );
        assert_eq!(Sources::read(&*files, &[]).list.len(), 2);
    }
}
