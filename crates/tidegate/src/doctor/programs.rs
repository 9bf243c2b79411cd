//! Programs that checks, plugins and Tidegate itself start; none is started here.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tidegate_config::Disk;
use tidegate_core::node::Node;

use super::pending::Pending;
use super::{Line, Surroundings};
use crate::gate::Gate;

/// The names of the browsers that suites drive.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "firefox",
];

/// Where macOS has a browser that is in no `PATH`.
const MAC_BROWSERS: &[&str] = &[
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// Words in a command by which it drives a browser.
const DRIVERS: &[&str] = &["playwright", "cypress", "puppeteer", "selenium", "wdio"];

/// Words of the shell itself, which are in no `PATH`.
const OF_THE_SHELL: &[&str] = &[
    "cd", "export", "exit", "set", "if", "for", "while", "test", "[", "[[", "true", "false",
    "echo", ".", "source", "exec", "eval", "trap", "ulimit", "umask", "wait", "(", "{", "!",
    "command", "time", "type", "env",
];

/// What one language of plugins is built with.
const PLUGIN_TOOLS: &[(&str, &str)] = &[
    ("cargo", "Rust"),
    ("node", "JavaScript"),
    ("python3", "Python"),
];

/// Who starts a command.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    /// The gate itself: `start:`.
    Start,
    /// A check.
    Check(String),
}

pub(super) fn begin(surroundings: &Surroundings, gate: Option<&Gate>) -> Pending<Vec<Line>> {
    let environment = gate.map(|gate| gate.definition().environment.name.clone());
    let plugins = gate.is_some_and(|gate| {
        let plugins = gate.definition().plugins.iter();
        plugins
            .map(|plugin| &plugin.source)
            .any(|source| matches!(source, tidegate_core::plugin::Source::File(_)))
    });
    let surroundings = surroundings.clone();
    Pending::begin("programs", move || {
        let commands =
            environment.map_or_else(Vec::new, |name| commands(&surroundings.path, &name));
        let places = Places::of_process(&surroundings.folder);
        lines(&commands, plugins, &places)
    })
}

fn lines(commands: &[(By, String)], plugins: bool, places: &Places) -> Vec<Line> {
    let mut lines: Vec<Line> = wanted(commands)
        .into_iter()
        .map(|(program, by)| needed(&program, &by, places))
        .collect();
    lines.push(git(places));
    lines.push(browser(commands, places));
    lines.push(docker(commands, places));
    if plugins {
        lines.extend(
            PLUGIN_TOOLS
                .iter()
                .map(|(program, language)| match places.find(program) {
                    Some(path) => Line::ok(format!("{} for plugins in {language}", path.display())),
                    None => Line::note(format!(
                        "no `{program}`: plugins in {language} cannot be built here"
                    )),
                }),
        );
    }
    lines
}

/// The programs of the commands, and who starts each.
fn wanted(commands: &[(By, String)]) -> BTreeMap<String, Vec<By>> {
    let mut wanted: BTreeMap<String, Vec<By>> = BTreeMap::new();
    for (by, command) in commands {
        if let Some(program) = program(command) {
            wanted
                .entry(program.to_owned())
                .or_default()
                .push(by.clone());
        }
    }
    wanted
}

/// The program that a command of the shell begins with; nothing where that cannot be told.
fn program(command: &str) -> Option<&str> {
    let assigns = |word: &&str| {
        let name = word.split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
        })
    };
    let first = command.split_whitespace().find(|word| !assigns(word))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/+@".contains(&byte);
    (first.bytes().all(plain) && !OF_THE_SHELL.contains(&first)).then_some(first)
}

fn needed(program: &str, by: &[By], places: &Places) -> Line {
    let who: Vec<String> = by
        .iter()
        .map(|by| match by {
            By::Start => "`start:`".to_owned(),
            By::Check(id) => format!("`{id}`"),
        })
        .collect();
    let who = who.join(", ");
    if places.find(program).is_some() {
        return Line::ok(format!("`{program}`, which {who} runs, is there"));
    }
    let line = if by.contains(&By::Start) {
        Line::stop
    } else {
        Line::warning
    };
    line(format!("there is no program `{program}`, which {who} runs"))
        .remedy("Install it, or look whether it is in the PATH of this shell.")
}

fn git(places: &Places) -> Line {
    match places.find("git") {
        Some(_) => Line::ok("`git` is there"),
        None => {
            Line::warning("there is no program `git`: what is not committed yet cannot be seen")
                .remedy("Install git from https://git-scm.com or with your system's packages.")
        }
    }
}

fn browser(commands: &[(By, String)], places: &Places) -> Line {
    let mac = MAC_BROWSERS
        .iter()
        .map(PathBuf::from)
        .find(|path| path.is_file());
    let found = BROWSERS.iter().find_map(|name| places.find(name)).or(mac);
    let driven: Vec<&By> = commands
        .iter()
        .filter(|(_, command)| DRIVERS.iter().any(|driver| command.contains(driver)))
        .map(|(by, _)| by)
        .collect();
    match (found, driven.is_empty()) {
        (Some(path), _) => Line::ok(format!("a browser: {}", path.display())),
        (None, true) => Line::note("no browser, and no check here drives one"),
        (None, false) => Line::note("no browser in the PATH, and a check drives one").remedy(
            "A suite may bring its own, as with `npx playwright install chromium`; otherwise install Chromium or Chrome.",
        ),
    }
}

fn docker(commands: &[(By, String)], places: &Places) -> Line {
    let used = wanted(commands)
        .keys()
        .any(|program| program == "docker" || program == "docker-compose");
    let engine = std::env::var_os("DOCKER_HOST").is_some()
        || places.engine.iter().any(|socket| socket.exists());
    match (places.find("docker"), engine) {
        (None, _) => Line::note("no Docker, and nothing of Tidegate needs it"),
        (Some(_), true) => Line::ok("`docker` is there, and its engine runs"),
        (Some(_), false) if used => Line::warning("`docker` is there, and its engine does not run")
            .remedy("Start Docker; a check runs it."),
        (Some(_), false) => Line::note(
            "`docker` is there, its engine does not run, and nothing of Tidegate needs it",
        ),
    }
}

/// Where programs are looked for.
struct Places {
    folders: Vec<PathBuf>,
    endings: Vec<String>,
    root: PathBuf,
    engine: Vec<PathBuf>,
}

impl Places {
    fn of_process(root: &Path) -> Self {
        let path: OsString = std::env::var_os("PATH").unwrap_or_default();
        let endings = if cfg!(windows) {
            let known = std::env::var("PATHEXT").unwrap_or_else(|_| ".EXE;.CMD;.BAT".to_owned());
            known.split(';').map(str::to_owned).collect()
        } else {
            Vec::new()
        };
        let home =
            std::env::var_os("HOME").map(|home| Path::new(&home).join(".docker/run/docker.sock"));
        let system = PathBuf::from("/var/run/docker.sock");
        Self {
            folders: std::env::split_paths(&path).collect(),
            endings,
            root: root.to_owned(),
            engine: std::iter::once(system).chain(home).collect(),
        }
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        if program.contains('/') {
            return self.file(self.root.join(program));
        }
        let mut folders = self.folders.iter();
        folders.find_map(|folder| self.file(folder.join(program)))
    }

    fn file(&self, path: PathBuf) -> Option<PathBuf> {
        let mut candidates = vec![path.clone()];
        candidates.extend(self.endings.iter().map(|ending| {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        }));
        candidates.into_iter().find(|path| path.is_file())
    }
}

/// The commands that the gate file itself has, as they are written.
fn commands(path: &Path, environment: &str) -> Vec<(By, String)> {
    let Ok(root) = tidegate_config::document(&Disk, path, "the gate file") else {
        return Vec::new();
    };
    let environments = root.get("environments");
    let start = environments
        .and_then(|all| all.get(environment))
        .and_then(|one| one.get("start"))
        .and_then(line);
    let checks = root.get("checks").map_or(&[][..], Node::entries);
    let commands = checks.iter().filter_map(|(id, check)| {
        let command = check.get("command")?;
        let run = command.get("run").unwrap_or(command).text()?;
        Some((By::Check(id.text.clone()), run.to_owned()))
    });
    start
        .map(|start| (By::Start, start))
        .into_iter()
        .chain(commands)
        .collect()
}

fn line(start: &Node) -> Option<String> {
    let command = start.get("command").unwrap_or(start);
    command.text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(programs: &[&str]) -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        for program in programs {
            std::fs::write(folder.path().join(program), "").unwrap();
        }
        let places = Places {
            folders: vec![folder.path().to_owned()],
            endings: Vec::new(),
            root: folder.path().to_owned(),
            engine: vec![folder.path().join("docker.sock")],
        };
        (folder, places)
    }

    #[test]
    fn the_program_of_a_command_is_its_first_word_where_that_is_one() {
        for (command, expected) in [
            ("npm start", Some("npm")),
            ("PORT=3000 NODE_ENV=test node server.js", Some("node")),
            ("./run.sh --fast", Some("./run.sh")),
            ("cd apps && npm start", None),
            ("$(which node) x", None),
            ("\"my program\" x", None),
            ("A=b", None),
            ("", None),
        ] {
            assert_eq!(program(command), expected, "{command}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_stops_a_start_and_is_a_warning_for_a_check() {
        let (_folder, places) = places(&["npm", "docker"]);
        let commands = [
            (By::Start, "yarn start".to_owned()),
            (
                By::Check("our-tests".into()),
                "npx playwright test".to_owned(),
            ),
            (By::Check("ours".into()), "npm test".to_owned()),
            (By::Check("boxed".into()), "docker run x".to_owned()),
        ];
        let lines = lines(&commands, true, &places);
        let has = |text: &str| {
            let line = lines.iter().find(|line| line.text.contains(text));
            line.unwrap_or_else(|| panic!("no `{text}` in {lines:#?}"))
                .state
        };
        use super::super::State;
        assert_eq!(has("`yarn`, which `start:` runs"), State::Stop);
        assert_eq!(has("`npx`, which `our-tests` runs"), State::Warning);
        assert_eq!(has("`npm`, which `ours` runs, is there"), State::Ok);
        assert_eq!(has("no program `git`"), State::Warning);
        assert_eq!(has("a check drives one"), State::Note);
        assert_eq!(has("plugins in Python cannot be built here"), State::Note);
    }

    #[test]
    fn commands_come_from_the_gate_file_as_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tidegate.yaml");
        let text = "environments:\n  local: { url: x, start: { command: npm start } }\n  other: { start: { command: no } }\n\
                    checks:\n  ours: { command: { run: npm test } }\n  home: { flow: [] }\n";
        std::fs::write(&path, text).unwrap();
        let expected = [
            (By::Start, "npm start".to_owned()),
            (By::Check("ours".into()), "npm test".to_owned()),
        ];
        assert_eq!(commands(&path, "local"), expected);
        std::fs::write(&path, "checks: [").unwrap();
        assert!(commands(&path, "local").is_empty());
    }
}
