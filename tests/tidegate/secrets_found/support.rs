//! A real git repository with a gate in it, keys that are made as the tests run, and runs that show
//! none of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Project, Ran};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// How many different keys of each sort the tests may use.
const KEYS: u64 = 6;
/// So many characters of a key in a row give it away.
const TELLTALE: usize = 12;

/// A key whose every character but the beginning is random.
pub(super) struct Key {
    pub(super) whole: String,
    random: String,
}

/// A live secret key of Stripe's.
pub(super) fn stripe(number: u64) -> Key {
    let random = letters(100 + number, 24);
    Key {
        whole: format!("sk_live_{random}"),
        random,
    }
}

/// The key of a Supabase project that passes every policy.
pub(super) fn service_role(number: u64) -> Key {
    let project = letters(200 + number, 20).to_lowercase();
    let payload = format!(
        r#"{{"iss":"supabase","ref":"{project}","role":"service_role","iat":1760000000,"exp":2075576000}}"#
    );
    jwt(&payload, 300 + number)
}

/// The key of a Supabase project that every page has.
pub(super) fn anon(number: u64) -> Key {
    let project = letters(200 + number, 20).to_lowercase();
    let payload = format!(
        r#"{{"iss":"supabase","ref":"{project}","role":"anon","iat":1760000000,"exp":2075576000}}"#
    );
    jwt(&payload, 400 + number)
}

fn jwt(payload: &str, number: u64) -> Key {
    let head = base64url(br#"{"alg":"HS256","typ":"JWT"}"#);
    let random = format!("{}.{}", base64url(payload.as_bytes()), letters(number, 43));
    Key {
        whole: format!("{head}.{random}"),
        random,
    }
}

/// The address of a database with its password.
pub(super) fn database(number: u64) -> Key {
    let random = letters(500 + number, 20);
    Key {
        whole: format!("postgres://portal:{random}@db.portal-host.io:5432/portal"),
        random,
    }
}

fn every_key() -> impl Iterator<Item = Key> {
    (0..KEYS).flat_map(|number| [stripe(number), service_role(number), database(number)])
}

/// Letters and digits that no pattern holds, always the same for a number.
pub(super) fn letters(number: u64, length: usize) -> String {
    let mut state = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        // xorshift64 (Marsaglia, 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        LETTERS[usize::try_from(state >> 32).unwrap_or_default() % LETTERS.len()] as char
    };
    for _ in 0..8 {
        next();
    }
    (0..length).map(|_| next()).collect()
}

/// Base64 for addresses, without padding (RFC 4648, 5).
fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let all = group
            .iter()
            .fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        let all = all << (8 * (3 - group.len()));
        for digit in 0..=group.len() {
            let index = all >> (18 - 6 * digit) & 63;
            text.push(DIGITS[index as usize] as char);
        }
    }
    text
}

/// Base64 as a map stands in a script (RFC 4648, 4).
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// A gate in a folder of its own, which may be a repository, and room for what it reports.
pub(super) struct Bench {
    project: Project,
    reports: TempDir,
}

impl Bench {
    /// A folder that is no repository.
    pub(super) fn folder() -> Self {
        Self {
            project: Project::new(""),
            reports: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// A repository on the branch `main` with one commit, which nothing but a README is in.
    pub(super) fn repository() -> Self {
        let bench = Self::folder();
        bench.git(&["init", "--quiet", "--initial-branch=main"]);
        bench.write("README.md", "# The portal\n");
        bench.write(".gitignore", ".tidegate/\ntidegate.yaml\n");
        bench.commit("Begin");
        bench
    }

    /// A clone of another bench's repository, made with these arguments of `git clone`.
    pub(super) fn clone_of(origin: &Path, arguments: &[&str]) -> Self {
        let bench = Self::folder();
        let folder = bench.path().to_string_lossy().into_owned();
        fs::remove_file(bench.path().join("tidegate.yaml")).expect("the empty gate file goes");
        let url = format!("file://{}", origin.display());
        let all = [
            &["clone", "--quiet"],
            arguments,
            &[url.as_str(), folder.as_str()],
        ];
        git(&std::env::temp_dir(), &all.concat());
        bench
    }

    pub(super) fn path(&self) -> &Path {
        self.project.path()
    }

    /// The path of a file of the folder.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.at(name);
        let folder = path.parent().expect("it lies in a folder");
        fs::create_dir_all(folder).expect("the folder is made");
        fs::write(path, content).expect("the file is written");
    }

    /// A file of settings with a key in its second line.
    pub(super) fn write_key(&self, name: &str, key: &Key) {
        self.write(name, settings(key));
    }

    /// Runs git in the repository and gives what it printed.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), arguments)
    }

    /// Commits all there is, and gives the id.
    pub(super) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// A run of a gate with `secrets: { … }`, the deployed site left out.
    #[track_caller]
    pub(super) fn look(&self, secrets: &str) -> Look {
        self.look_in(secrets, &[])
    }

    /// The same with variables of the process.
    #[track_caller]
    pub(super) fn look_in(&self, secrets: &str, variables: &[(&str, &str)]) -> Look {
        self.gate(&format!("site: false, {secrets}"), "http://127.0.0.1:9", "");
        self.run(&["--no-preflight"], variables)
    }

    /// Writes a gate of one check for this address, with more sections behind it.
    pub(super) fn gate(&self, secrets: &str, url: &str, more: &str) {
        self.project.write(
            "tidegate.yaml",
            format!(
                "version: 1\nname: portal\nenvironments:\n  local: {{ kind: local, url: \"{url}\" }}\n\
                 checks:\n  no-secrets: {{ secrets: {{ {secrets} }} }}\n{more}"
            ),
        );
    }

    /// The binary in the folder, with reports of every sort.
    pub(super) fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let report = |sort: &str| format!("{sort}={}/{sort}", self.reports.path().display());
        let reports = ["json", "junit", "markdown"].map(report);
        let mut all = vec!["run", "--report", "terminal"];
        for report in &reports {
            all.extend(["--report", report]);
        }
        all.extend(arguments);
        let mut command = self.project.command(&all);
        command
            .envs(variables.iter().copied())
            .env("HOME", "/nowhere");
        command
    }

    /// Runs the gate as it stands.
    #[track_caller]
    pub(super) fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Look {
        let output = self.command(arguments, variables).output();
        self.took(Ran::of(output.expect("the binary runs")))
    }

    /// Another command of the binary.
    pub(super) fn tidegate(&self, arguments: &[&str]) -> Ran {
        self.project.tidegate(arguments)
    }

    /// Accepts what is found now.
    pub(super) fn accept(&self) {
        self.tidegate(&["baseline", "accept", "--no-preflight"])
            .expect(0);
    }

    /// What a run left; no word of it is a key's.
    #[track_caller]
    pub(super) fn took(&self, ran: Ran) -> Look {
        let read = |sort| fs::read_to_string(self.reports.path().join(sort)).unwrap_or_default();
        let (json, junit, markdown) = (read("json"), read("junit"), read("markdown"));
        for text in [&ran.stdout, &ran.stderr, &json, &junit, &markdown] {
            gives_no_key_away(text);
        }
        ran.never_says("panicked");
        Look {
            report: serde_json::from_str(&json).unwrap_or_default(),
            ran,
        }
    }
}

/// A file of settings with a key in its second line.
pub(super) fn settings(key: &Key) -> String {
    format!(
        "export const region = 'eu';\nexport const paymentKey = '{}';\n",
        key.whole
    )
}

/// Runs git in a folder, whatever the settings of the machine are.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Anna")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "anna@portal.io")))
        .stdin(Stdio::null())
        .output()
        .expect("git runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[track_caller]
fn gives_no_key_away(text: &str) {
    for key in every_key() {
        let telltales = key.random.as_bytes().windows(TELLTALE);
        for telltale in telltales.filter_map(|bytes| std::str::from_utf8(bytes).ok()) {
            assert!(
                !text.contains(telltale),
                "a piece of {} in\n{text}",
                key.whole
            );
        }
    }
}

/// What a run said.
pub(super) struct Look {
    pub(super) ran: Ran,
    pub(super) report: Value,
}

impl Look {
    /// The findings of the check.
    pub(super) fn findings(&self) -> Vec<&Value> {
        let results = self.report["results"].as_array().into_iter().flatten();
        results
            .flat_map(|result| result["findings"].as_array().into_iter().flatten())
            .collect()
    }

    /// The findings as `rule file:line`, sorted.
    pub(super) fn found(&self) -> Vec<String> {
        let worded = |finding: &&Value| {
            let code = finding["code"].as_str().unwrap_or_default();
            let rule = code.trim_start_matches("secrets/");
            format!("{rule} {}", place(&finding["location"]))
        };
        let mut found: Vec<String> = self.findings().iter().map(worded).collect();
        found.sort();
        found
    }

    /// Exactly these are found.
    #[track_caller]
    pub(super) fn finds(&self, wanted: &[&str]) -> &Self {
        assert_eq!(
            self.found(),
            wanted,
            "{}\n{}",
            self.ran.stdout,
            self.ran.stderr
        );
        let code = if wanted.is_empty() { 0 } else { 1 };
        self.ran.expect(code);
        self
    }

    /// Says this, however the lines are broken.
    #[track_caller]
    pub(super) fn says(&self, text: &str) -> &Self {
        let all = format!("{} {}", self.ran.stdout, self.ran.stderr);
        let words: Vec<&str> = all.split_whitespace().collect();
        assert!(words.join(" ").contains(text), "missing `{text}` in\n{all}");
        self
    }

    #[track_caller]
    pub(super) fn never_says(&self, text: &str) -> &Self {
        self.ran.never_says(text);
        self
    }
}

/// A place of a report as `file:line`.
pub(super) fn place(location: &Value) -> String {
    let file = location["file"].as_str().unwrap_or_default();
    format!("{file}:{}", location["line"])
}
