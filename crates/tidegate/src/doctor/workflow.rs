//! The workflow that runs the gate at GitHub, as far as its file tells.

use std::path::{Path, PathBuf};

use tidegate_config::Disk;
use tidegate_core::node::{Node, Value};

use super::Line;
use super::pending::Pending;

/// Where workflows lie, from the root of the repository.
const FOLDER: &str = ".github/workflows";

/// The most files that are read.
const FILES: usize = 100;

/// The inputs of the action that need a permission to write or read, and which.
const NEEDED: &[(&str, &str, &str)] = &[
    ("comment", "pull-requests", "write"),
    ("check-run", "checks", "write"),
    ("sarif", "security-events", "write"),
    ("status", "statuses", "write"),
    ("deployment", "deployments", "write"),
    ("compare", "actions", "read"),
];

pub(super) fn begin(folder: &Path) -> Pending<Vec<Line>> {
    let folder = folder.to_owned();
    Pending::begin("workflows", move || {
        workflows(&folder).map_or_else(Vec::new, |workflows| lines(&workflows))
    })
}

/// The nearest folder of workflows, from the gate file upwards as far as the repository goes.
fn workflows(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    for above in folder.ancestors() {
        let workflows = above.join(FOLDER);
        if workflows.is_dir() {
            return Some(workflows);
        }
        if above.join(".git").exists() {
            return None;
        }
    }
    None
}

fn lines(folder: &Path) -> Vec<Line> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            matches!(ending, Some("yml" | "yaml"))
        })
        .collect();
    files.sort();
    files.truncate(FILES);
    let lines: Vec<Line> = files.iter().flat_map(|path| of_file(path)).collect();
    if lines.is_empty() {
        return vec![
            Line::note(format!("no workflow in `{FOLDER}` runs the gate"))
                .remedy("`tidegate init` writes one; docs/action.md has more of them."),
        ];
    }
    lines
}

fn of_file(path: &Path) -> Vec<Line> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{FOLDER}/{file}");
    // One that is no workflow is told by GitHub, and may have nothing to do with the gate.
    let Ok(root) = tidegate_config::document(&Disk, path, &name) else {
        return Vec::new();
    };
    let jobs = root.get("jobs").map_or(&[][..], Node::entries);
    jobs.iter()
        .flat_map(|(id, job)| of_job(&name, &id.text, job, &root))
        .collect()
}

fn of_job(file: &str, id: &str, job: &Node, root: &Node) -> Vec<Line> {
    let steps = steps(job);
    let Some(gate) = steps.iter().find(|step| runs_the_gate(step)) else {
        return Vec::new();
    };
    let how = if gate.get("uses").is_some() {
        "uses the action"
    } else {
        "runs `tidegate`"
    };
    let mut lines = vec![Line::ok(format!("{file}: the job `{id}` {how}"))];
    let permissions = job.get("permissions").or_else(|| root.get("permissions"));
    let missing = NEEDED.iter().filter(|(input, name, level)| {
        asks(gate, input) && !permissions.is_some_and(|given| grants(given, name, level))
    });
    lines.extend(missing.map(|(input, name, level)| {
        Line::warning(format!(
            "{file}: `{input}: true` needs the permission `{name}: {level}`, and the job `{id}` does not name it"
        ))
        .remedy(format!("Add `{name}: {level}` to the job's `permissions:`, beside `contents: read`."))
    }));
    if let Some(given) = permissions
        && given.value != Value::Null
        && !grants(given, "contents", "read")
    {
        lines.push(
            Line::warning(format!(
                "{file}: the job `{id}` may not read the repository"
            ))
            .remedy(
                "Add `contents: read` to its `permissions:`: naming one sets all others to none.",
            ),
        );
    }
    lines.extend(depth(file, id, &steps));
    lines
}

fn steps(job: &Node) -> Vec<&Node> {
    match job.get("steps").map(|steps| &steps.value) {
        Some(Value::Sequence(steps)) => steps.iter().collect(),
        _ => Vec::new(),
    }
}

fn runs_the_gate(step: &Node) -> bool {
    let uses = step.get("uses").and_then(Node::text).unwrap_or_default();
    let run = step.get("run").and_then(Node::text).unwrap_or_default();
    uses.split('@')
        .next()
        .is_some_and(|action| action.ends_with("/tidegate"))
        || run.lines().any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.windows(2).any(|pair| {
                let program = pair[0].rsplit('/').next();
                program == Some("tidegate") && pair[1] == "run"
            })
        })
}

/// Whether the step sets the input; an expression may.
fn asks(step: &Node, input: &str) -> bool {
    let value = step.get("with").and_then(|with| with.get(input));
    value.is_some_and(|value| match &value.value {
        Value::Bool(set) => *set,
        _ => value.text().is_some_and(|text| text == "true"),
    })
}

fn grants(permissions: &Node, name: &str, level: &str) -> bool {
    let enough = |given: &str| given == level || given == "write";
    match permissions.text() {
        Some("write-all") => true,
        Some("read-all") => level == "read",
        _ => permissions
            .get(name)
            .and_then(Node::text)
            .is_some_and(enough),
    }
}

/// Whether the checkout reaches back to where a change begins.
fn depth(file: &str, id: &str, steps: &[&Node]) -> Option<Line> {
    let checkout = steps.iter().find(|step| {
        let uses = step.get("uses").and_then(Node::text);
        uses.is_some_and(|uses| uses.starts_with("actions/checkout"))
    })?;
    let with = checkout.get("with");
    let whole = with
        .and_then(|with| with.get("fetch-depth"))
        .is_some_and(|depth| matches!(depth.value, Value::Integer(0)) || depth.text() == Some("0"));
    (!whole).then(|| {
        Line::note(format!(
            "{file}: the checkout of `{id}` has one commit; Tidegate fetches more where it can"
        ))
        .remedy("In a private repository without credentials in the checkout it cannot: give `fetch-depth: 0` there.")
    })
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn of(workflow: &str) -> Vec<(State, String)> {
        let folder = tempfile::tempdir().unwrap();
        let workflows = folder.path().join(FOLDER);
        std::fs::create_dir_all(&workflows).unwrap();
        std::fs::write(workflows.join("gate.yml"), workflow).unwrap();
        std::fs::write(workflows.join("notes.txt"), "tidegate run").unwrap();
        let found = super::workflows(folder.path()).unwrap();
        let lines = lines(&found).into_iter();
        lines.map(|line| (line.state, line.text)).collect()
    }

    const GOOD: &str = "on: push\npermissions: { contents: read, pull-requests: write }\njobs:\n  gate:\n    steps:\n\
        \u{20}     - uses: actions/checkout@v5\n        with: { fetch-depth: 0 }\n\
        \u{20}     - uses: tidegate/tidegate@v0.1.0\n        with: { comment: true }\n";

    #[test]
    fn a_workflow_that_has_what_it_needs_is_well() {
        let expected = "the job `gate` uses the action";
        let lines = of(GOOD);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].0 == State::Ok && lines[0].1.contains(expected));
        let own = GOOD.replace(
            "uses: tidegate/tidegate@v0.1.0",
            "run: ./bin/tidegate run --all",
        );
        assert!(of(&own)[0].1.contains("runs `tidegate`"));
    }

    #[test]
    fn what_the_workflow_lacks_is_told() {
        let warned = |workflow: &str, state: State, text: &str| {
            let lines = of(workflow);
            let found = lines
                .iter()
                .any(|line| line.0 == state && line.1.contains(text));
            assert!(found, "no `{text}` in {lines:?}");
        };
        let silent = GOOD.replace(", pull-requests: write", "");
        warned(
            &silent,
            State::Warning,
            "needs the permission `pull-requests: write`",
        );
        let blind = GOOD.replace("contents: read, ", "");
        warned(&blind, State::Warning, "may not read the repository");
        let nothing = GOOD.replace("{ contents: read, pull-requests: write }", "{}");
        warned(&nothing, State::Warning, "may not read the repository");
        let short = GOOD.replace("        with: { fetch-depth: 0 }\n", "");
        warned(&short, State::Note, "has one commit");
        let other = GOOD.replace("tidegate/tidegate@v0.1.0", "acme/other@v1");
        warned(&other, State::Note, "no workflow in");
        warned("jobs: [", State::Note, "no workflow in");
        let all = GOOD.replace(
            "permissions: { contents: read, pull-requests: write }",
            "permissions: write-all",
        );
        assert_eq!(of(&all).len(), 1);
    }
}
