//! Git repositories of real text, with a work branch ahead of `main`.

use std::path::Path;
use std::process::Command;

use super::files;
use crate::failure::Failure;
use crate::process::run;

/// How much text each file of `main` has, in bytes.
const FILE_BYTES: usize = 16_000;
/// How many files `main` has.
const FILES: usize = 100;
/// How much each commit of the work branch adds, in bytes: 200 of them add 3.3 MB.
const COMMIT_BYTES: usize = 16_500;
/// Longer lines are minified code, which nobody commits.
const LONGEST_LINE: usize = 200;

/// The day of every commit, so that each machine makes the same ones.
const DATE: &str = "2026-01-01T00:00:00Z";

/// Makes a repository from the text of `source`; its work branch is so many commits ahead.
///
/// Every second commit adds to a file of `main`, the others add a file.
///
/// # Errors
/// [`Failure`] when git fails or there is too little text.
pub(super) fn make(folder: &Path, source: &Path, commits: usize) -> Result<(), Failure> {
    let text = text(source, FILES * FILE_BYTES + commits * COMMIT_BYTES)?;
    let (first, rest) = text.split_at(floor(&text, FILES * FILE_BYTES));
    let mut bases: Vec<String> = pieces(first, FILES).map(str::to_owned).collect();
    for (number, base) in bases.iter().enumerate() {
        files::write(&folder.join(file(number)), base)?;
    }
    git(folder, &["init", "--quiet", "--initial-branch", "main"])?;
    commit(folder, "Begin")?;
    git(folder, &["switch", "--quiet", "--create", "work"])?;
    for (number, piece) in pieces(rest, commits).enumerate() {
        if number % 2 == 0 {
            files::write(&folder.join(format!("src/new-{number}.js")), piece)?;
        } else {
            let which = (number / 2) % FILES;
            bases[which].push_str(piece);
            files::write(&folder.join(file(which)), &bases[which])?;
        }
        commit(folder, &format!("Change {number}"))?;
    }
    Ok(())
}

fn file(number: usize) -> String {
    format!("src/part-{number}.js")
}

fn commit(folder: &Path, subject: &str) -> Result<(), Failure> {
    git(folder, &["add", "--all"])?;
    git(folder, &["commit", "--quiet", "--message", subject])
}

/// Runs git as nobody in particular, whatever the machine's own settings are.
fn git(folder: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).envs([
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Bench"),
        ("GIT_AUTHOR_EMAIL", "bench@tidegate.example"),
        ("GIT_AUTHOR_DATE", DATE),
        ("GIT_COMMITTER_NAME", "Bench"),
        ("GIT_COMMITTER_EMAIL", "bench@tidegate.example"),
        ("GIT_COMMITTER_DATE", DATE),
    ]);
    run(&mut command)
}

/// The first lines of the scripts below the folder that are as people write them.
fn text(source: &Path, bytes: usize) -> Result<String, Failure> {
    let mut text = String::with_capacity(bytes + LONGEST_LINE);
    let scripts = files::below(source)?.into_iter();
    let scripts = scripts.filter(|file| file.extension().is_some_and(|ending| ending == "js"));
    for script in scripts {
        // A few packages have scripts in other encodings.
        let Ok(script) = files::read(&script) else {
            continue;
        };
        for line in script.lines().filter(|line| line.len() <= LONGEST_LINE) {
            text.push_str(line);
            text.push('\n');
            if text.len() >= bytes {
                return Ok(text);
            }
        }
    }
    Err(Failure::Found(format!(
        "the packages have only {} bytes of scripts; {bytes} are needed",
        text.len()
    )))
}

/// So many pieces of about the same size, each of whole lines.
fn pieces(text: &str, count: usize) -> impl Iterator<Item = &str> {
    let ends = (0..=count).map(move |number| floor(text, text.len() * number / count.max(1)));
    ends.clone()
        .zip(ends.skip(1))
        .map(move |(from, to)| &text[from..to])
}

/// The beginning of the line that the byte is in; the end of the text is one, too.
fn floor(text: &str, byte: usize) -> usize {
    if byte >= text.len() {
        return text.len();
    }
    let before = &text.as_bytes()[..byte];
    before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::output;

    #[test]
    fn pieces_are_whole_lines_and_nothing_is_lost() {
        let text = "one\ntwo\nthree\nfour\n";
        let pieces: Vec<&str> = pieces(text, 3).collect();
        assert_eq!(pieces, ["one\n", "two\n", "three\nfour\n"]);
        assert_eq!(super::pieces(text, 0).count(), 0);
    }

    #[test]
    fn the_work_branch_is_as_far_ahead_as_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let (source, made) = (folder.path().join("source"), folder.path().join("made"));
        let line = "const count = 1; // as people write it\n";
        files::write(&source.join("a.js"), &line.repeat(45_000)).unwrap();
        files::write(&source.join("b.min.js"), &"x".repeat(2_000_000)).unwrap();
        make(&made, &source, 4).unwrap();
        let mut git = Command::new("git");
        git.args(["diff", "--shortstat", "main", "HEAD"])
            .current_dir(&made);
        let told = output(&mut git).unwrap();
        assert!(told.starts_with(" 4 files changed, "), "{told}");
        assert!(told.contains("insertions(+)"), "{told}");
        let mut git = Command::new("git");
        git.args(["rev-list", "--count", "main..HEAD"])
            .current_dir(&made);
        assert_eq!(output(&mut git).unwrap(), "4\n");
    }
}
