//! What the program says about itself, as text for `docs/`.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::process::{output, root};

use super::Generated;

const NOTICE: &str =
    "<!-- Made by `cargo xtask generate`; edit the check.md beside each kind instead. -->";

const HEAD: &str = "\
# Every kind and code

A **kind** sends requests or reads files, and a check of the gate file is one of it. An **observer** judges what the
checks receive, and sends nothing. Each has a page that says what it does, how it is set, and for each of its codes what
that means and how to mend it. The same text comes from `tidegate explain NAME` and `tidegate explain CODE`, and
`tidegate explain NAME --markdown` gives a page as it is written.
";

const PACKS_HEAD: &str = "\
# The packs

<!-- Made by `cargo xtask generate`; edit the pack.md and pack.yaml of each pack in checks/packs instead. -->

A pack is a set of checks for one sort of portal, chosen for what really goes wrong there. An include brings it into a
gate file, under its own name or the one behind `as:`, and `with:` gives its parameters. `without:` leaves out checks
that do not fit, or that the gate file has already. [The gate file](gate-file.md#packs) says how packs of your own are
written. `tidegate packs` prints the list, `tidegate packs NAME` the page of one.

";

/// What is looked at before any check, and has a page like a kind.
const BESIDE: [(&str, &str); 2] = [
    ("gate", "Whether the change makes the gate file less strict"),
    (
        "preflight",
        "Whether the candidate answers and everybody can log in",
    ),
];

/// The part of the table of contents that lists the pages; it is the last one.
const PART: &str = "# Every kind of check\n";

/// Asks the program for the texts.
#[derive(Debug)]
pub(crate) struct Pages {
    program: PathBuf,
}

impl Pages {
    /// Asks this program.
    pub(crate) fn of(program: PathBuf) -> Self {
        Self { program }
    }

    /// The JSON Schema of the gate file.
    pub(crate) fn schema(&self) -> Result<String, Failure> {
        self.ask(&["schema"])
    }

    /// A page for each kind and observer, the index of all, and the table of contents that names them.
    ///
    /// `contents` is the table as it is.
    pub(crate) fn checks(&self, contents: &str) -> Result<Vec<Generated>, Failure> {
        let mut groups = filled("checks", &self.ask(&["checks"])?)?;
        groups.push(beside());
        let (mut files, mut index) = (Vec::new(), format!("{HEAD}\n{NOTICE}\n"));
        let mut codes = String::from("\n## Every code\n");
        let mut names = Vec::new();
        for group in groups {
            index.push_str(&format!(
                "\n## {}\n\n| Name | What it does |\n|---|---|\n",
                group.title
            ));
            for entry in group.entries {
                let page = self.ask(&["explain", &entry.name, "--markdown"])?;
                index.push_str(&format!(
                    "| [`{0}`](checks/{0}.md) | {1} |\n",
                    entry.name, entry.summary
                ));
                codes.push_str(&codes_of(&entry.name, &page));
                files.push(Generated::new(
                    format!("docs/checks/{}.md", entry.name),
                    noticed(&page),
                ));
                names.push(entry.name);
            }
        }
        index.push_str(&codes);
        files.push(Generated::new("docs/checks.md", index));
        files.push(Generated::new(
            "docs/SUMMARY.md",
            with_pages(contents, &names)?,
        ));
        Ok(files)
    }

    /// The list of packs and the page of each.
    pub(crate) fn packs(&self) -> Result<String, Failure> {
        let list = self.ask(&["packs"])?;
        let mut text = format!("{PACKS_HEAD}```text\n{}\n```\n", list.trim_end());
        for entry in filled("packs", &list)?
            .iter()
            .flat_map(|group| &group.entries)
        {
            let page = self.ask(&["packs", &entry.name, "--markdown"])?;
            text.push('\n');
            text.push_str(&demoted(&page));
        }
        Ok(text)
    }

    /// The program's output, the same on every terminal and in every language.
    fn ask(&self, arguments: &[&str]) -> Result<String, Failure> {
        output(
            Command::new(&self.program)
                .args(arguments)
                .current_dir(root())
                .env("NO_COLOR", "1")
                .env("COLUMNS", "100")
                .env("LC_ALL", "C"),
        )
    }
}

/// What stands under one title of the list.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    title: String,
    entries: Vec<Entry>,
}

/// A kind, an observer or a pack.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    summary: String,
}

/// The groups of what a command lists, which must not be empty.
fn filled(command: &str, list: &str) -> Result<Vec<Group>, Failure> {
    let groups = groups(list);
    if groups.iter().all(|group| group.entries.is_empty()) {
        return Err(Failure::Found(format!(
            "`tidegate {command}` lists nothing"
        )));
    }
    Ok(groups)
}

/// What the list of `tidegate checks` or `tidegate packs` holds, without the codes.
///
/// A title stands at the edge, a name alone two columns in, and its summary, on one line or more, four.
fn groups(list: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut in_summary = false;
    for line in list.lines() {
        let text = line.trim_start();
        let last = groups.last_mut().map(|group| &mut group.entries);
        match (line.len() - text.len(), last) {
            (0, _) if text.is_empty() || text.contains('`') => {}
            (0, _) => groups.push(Group {
                title: text.to_owned(),
                entries: Vec::new(),
            }),
            (2, Some(entries)) => {
                entries.push(Entry {
                    name: text.to_owned(),
                    summary: String::new(),
                });
                in_summary = true;
            }
            (4, Some(entries)) if in_summary && !text.starts_with("- ") => {
                if let Some(entry) = entries.last_mut() {
                    let gap = if entry.summary.is_empty() { "" } else { " " };
                    entry.summary += &format!("{gap}{text}");
                }
            }
            _ => in_summary = false,
        }
    }
    groups
}

/// What is looked at before any check.
fn beside() -> Group {
    let entries = BESIDE.map(|(name, summary)| Entry {
        name: name.to_owned(),
        summary: summary.to_owned(),
    });
    Group {
        title: "Before the first check".to_owned(),
        entries: entries.into(),
    }
}

/// The page with a word on where it comes from, below its title.
fn noticed(page: &str) -> String {
    let (title, rest) = page.split_once('\n').unwrap_or((page, ""));
    let rest = rest.trim_matches('\n');
    format!("{title}\n\n{NOTICE}\n\n{rest}\n")
}

/// One paragraph with a link for each code that has a heading on the page.
fn codes_of(name: &str, page: &str) -> String {
    let prefix = format!("{name}/");
    let mut fenced = false;
    let headings = page.lines().filter_map(|line| {
        fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        (!fenced && heading.len() < line.len()).then(|| heading.trim())
    });
    let links: Vec<String> = headings
        .filter_map(|heading| heading.strip_prefix(&prefix))
        .map(|slug| format!("[`{name}/{slug}`](checks/{name}.md#{name}{slug})"))
        .collect();
    if links.is_empty() {
        return String::new();
    }
    format!("\n### {name}\n\n{}\n", links.join(",\n"))
}

/// The table of contents with these pages in its last part.
fn with_pages(contents: &str, names: &[String]) -> Result<String, Failure> {
    let Some((before, _)) = contents.split_once(PART) else {
        return Err(Failure::Found(format!(
            "docs/SUMMARY.md has no part `{}`",
            PART.trim()
        )));
    };
    let pages: String = names
        .iter()
        .map(|name| format!("  - [{name}](checks/{name}.md)\n"))
        .collect();
    Ok(format!(
        "{before}{PART}\n- [Every kind and code](checks.md)\n{pages}"
    ))
}

/// The page with every heading one level deeper; lines of fenced code are left alone.
fn demoted(page: &str) -> String {
    let mut fenced = false;
    let mut text = String::with_capacity(page.len() + 64);
    for line in page.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if line.starts_with('#') && !fenced {
            text.push('#');
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packs_are_told_from_summaries() {
        let list = "Packs\n\n  rails\n    Suits Rails.\n    For: Ruby\n\n  fastapi\n    Suits FastAPI.\n\n\
            `tidegate packs NAME` tells all.\n";
        let groups = filled("packs", list).unwrap();
        let names: Vec<&str> = groups[0].entries.iter().map(|pack| &*pack.name).collect();
        assert_eq!((groups.len(), names), (1, vec!["rails", "fastapi"]));
        assert!(filled("packs", "Packs\n\n`tidegate packs NAME` tells all.\n").is_err());
    }

    #[test]
    fn headings_go_one_level_deeper_but_not_in_code() {
        let page = "# flow\ntext\n```yaml\n# a comment\n```\n## Example\n";
        assert_eq!(
            demoted(page),
            "## flow\ntext\n```yaml\n# a comment\n```\n### Example\n"
        );
    }

    const LIST: &str = "Check kinds\n\n  flow\n    Sends requests\n    and looks at the answers.\n    \
        - flow/status (high): another\n      status\n\nObservers\n\n  error-hygiene\n    Reads answers.\n\n\
        `tidegate explain NAME` tells all.\n";

    #[test]
    fn names_and_summaries_are_told_from_codes() {
        let entry = |name: &str, summary: &str| Entry {
            name: name.to_owned(),
            summary: summary.to_owned(),
        };
        let groups = groups(LIST);
        let titles: Vec<&str> = groups.iter().map(|group| &*group.title).collect();
        assert_eq!(titles, ["Check kinds", "Observers"]);
        assert_eq!(
            groups[0].entries,
            [entry("flow", "Sends requests and looks at the answers.")]
        );
        assert_eq!(
            groups[1].entries,
            [entry("error-hygiene", "Reads answers.")]
        );
    }

    #[test]
    fn codes_are_headings_and_not_lines_of_code() {
        let page = "# flow\ntext\n```yaml\n# flow/comment\n```\n### flow/status\n### References\n";
        assert_eq!(
            codes_of("flow", page),
            "\n### flow\n\n[`flow/status`](checks/flow.md#flowstatus)\n"
        );
        assert_eq!(codes_of("flow", "# flow\n"), "");
    }

    #[test]
    fn a_page_says_below_its_title_where_it_comes_from() {
        assert_eq!(
            noticed("# flow\n\n## What\n"),
            format!("# flow\n\n{NOTICE}\n\n## What\n")
        );
    }

    #[test]
    fn the_last_part_of_the_contents_is_made_anew() {
        let contents =
            format!("# Summary\n\n[Home](README.md)\n\n{PART}\n- [Old](checks/old.md)\n");
        let made = with_pages(&contents, &["flow".to_owned()]).unwrap();
        assert!(
            made.ends_with("- [Every kind and code](checks.md)\n  - [flow](checks/flow.md)\n"),
            "{made}"
        );
        assert!(
            made.starts_with("# Summary\n\n[Home](README.md)\n\n"),
            "{made}"
        );
        assert!(!made.contains("old"), "{made}");
        assert!(with_pages("# Summary\n", &[]).is_err());
    }
}
