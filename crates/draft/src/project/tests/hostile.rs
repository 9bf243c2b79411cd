//! Broken and hostile files.

use std::io::Read;
use std::ops::ControlFlow;
use std::time::Duration;

use proptest::prelude::*;
use tidegate_core::ports::{FilesError, FoundFile};

use super::*;

#[test]
fn broken_files_are_told_with_their_place_and_the_rest_is_read() {
    let told = project(&[
        (
            "package.json",
            "{\n  \"name\": \"x\",\n  \"scripts\": {,}\n}",
        ),
        ("api/pyproject.toml", "[project]\nname = \n"),
        (
            "web/package.json",
            r#"{"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#,
        ),
        ("web/index.html", ""),
        ("web/vercel.json", "{"),
        ("web/netlify.toml", "[build"),
        ("web/render.yaml", "a: [b"),
    ]);
    assert_eq!(told.apps.len(), 1);
    insta::assert_snapshot!("broken", told.unread.join("\n"));
}

#[test]
fn a_huge_manifest_and_one_that_is_no_text_are_told() {
    let huge = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024));
    let told = read(&Folder::of([
        ("a/package.json", huge.into_bytes()),
        ("b/package.json", vec![0xff, 0xfe, 0x00]),
    ]));
    assert_eq!(
        told.unread,
        [
            "a/package.json is larger than 1 MiB",
            "b/package.json is not UTF-8"
        ]
    );
    assert_eq!(told.apps, []);
}

#[test]
fn names_that_mean_something_to_a_shell_stand_in_no_command() {
    let told = project(&[
        ("package.json", r#"{"workspaces": ["apps/*"]}"#),
        ("turbo.json", "{}"),
        (
            "apps/a;rm -rf/package.json",
            r#"{"name": "$(reboot)", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#,
        ),
        ("apps/a;rm -rf/index.html", ""),
        (
            "apps/a;rm -rf/vite.config.ts",
            "export default { build: { outDir: 'x; reboot' }, base: '/a' }",
        ),
        ("b/x y/main.py", "app = FastAPI()\n"),
        ("b/requirements.txt", "fastapi\n"),
    ]);
    for app in &told.apps {
        let build = app.build.as_ref().map_or("", |told| &told.value);
        for text in [build, command(app), app.name.as_str()] {
            assert!(!text.contains(['$', ';', '(']), "{text}");
        }
        assert!(!app.output.iter().any(|folder| folder.contains("reboot")));
    }
    assert_eq!(told.apps.len(), 2, "{told:#?}");
    assert_eq!(told.apps[1].serve, None);
}

#[test]
fn a_folder_that_a_gate_file_would_read_as_a_variable_is_no_app() {
    let page =
        r#"{"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#;
    let told = project(&[
        ("apps/${HOME:-..}/package.json", page),
        ("apps/${HOME:-..}/index.html", ""),
        ("apps/$web/package.json", page),
        ("apps/$web/index.html", ""),
        ("docs/${X}/openapi.yaml", "openapi: 3.1.0\n"),
    ]);
    let folders: Vec<&str> = told.apps.iter().map(|app| app.folder.as_str()).collect();
    assert_eq!(folders, ["apps/$web"]);
    assert_eq!(told.apps[0].document, None);
    assert_eq!(
        told.unread,
        ["apps/${HOME:-..} has a name that a gate file would read as a variable"]
    );
}

#[test]
fn what_steers_a_terminal_is_taken_out_of_what_is_told() {
    let told = project(&[("a\u{1b}[31m/package.json", "{")]);
    assert_eq!(
        told.unread,
        ["a\u{fffd}[31m/package.json:1:1: this is no proper JSON"]
    );
}

#[test]
fn more_faults_than_anybody_reads_are_counted() {
    let paths: Vec<String> = (0..50)
        .map(|number| format!("p{number:02}/package.json"))
        .collect();
    let told = read(&Folder::of(paths.iter().map(|path| (path.as_str(), "{"))));
    assert_eq!(told.unread.len(), 21);
    assert_eq!(told.unread[20], "30 more places could not be read");
}

#[test]
fn more_apps_than_anybody_has_are_counted() {
    let paths: Vec<String> = (0..60)
        .map(|number| format!("p{number:02}/Dockerfile"))
        .collect();
    let told = read(&Folder::of(
        paths.iter().map(|path| (path.as_str(), "FROM x")),
    ));
    assert_eq!(told.apps.len(), 50);
    assert_eq!(told.unread, ["10 apps were left out after the first 50"]);
}

#[test]
fn more_folders_and_dependencies_than_anybody_has_are_counted() {
    let paths: Vec<String> = (0..1100)
        .map(|number| format!("p{number:04}/Dockerfile"))
        .collect();
    let told = read(&Folder::of(
        paths.iter().map(|path| (path.as_str(), "FROM x")),
    ));
    assert_eq!(
        told.unread,
        [
            "100 folders that may be apps were left out after the first 1000",
            "950 apps were left out after the first 50"
        ]
    );
    let names: Vec<String> = (0..1500)
        .map(|number| format!("\"p{number}\": \"1\""))
        .collect();
    let manifest = format!("{{\"dependencies\": {{{}}}}}", names.join(","));
    let told = project(&[("package.json", &manifest)]);
    assert_eq!(
        told.unread,
        ["package.json: 500 dependencies were left out after the first 1000"]
    );
}

#[test]
fn no_more_is_read_than_fits_into_memory() {
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024 - 20));
    let paths: Vec<String> = (0..40)
        .map(|number| format!("p{number:02}/package.json"))
        .collect();
    let told = read(&Folder::of(
        paths.iter().map(|path| (path.as_str(), large.as_str())),
    ));
    assert_eq!(
        told.unread,
        ["manifests and configurations were left out after the first 32 MiB"]
    );
}

#[test]
fn a_path_that_is_cut_off_is_none_of_a_record() {
    let records = |paths: &str| {
        let document =
            format!("openapi: 3.1.0\ninfo: {{ title: x, version: '1' }}\npaths:\n{paths}");
        let told = project(&[
            ("package.json", r#"{"scripts": {"start": "node a.js"}}"#),
            ("a.js", "listen(process.env.PORT)"),
            ("openapi.yaml", &document),
        ]);
        let records = told.apps.into_iter().find_map(|app| app.records);
        records.and_then(|told| told.value.item)
    };
    let list = "  /x:\n    get: { responses: { '200': { description: x } } }\n    post: { responses: { '200': { description: x } } }\n";
    let item = |path: &str| {
        records(&format!(
            "{list}  \"{path}\":\n    get: {{ responses: {{ '200': {{ description: x }} }} }}\n"
        ))
    };
    assert_eq!(item("/x/{id}").as_deref(), Some("/x/{id}"));
    for path in ["/x/{", "/x/{id}/y", "/x/{id", "/x/"] {
        assert_eq!(item(path), None, "{path}");
    }
}

#[test]
fn endless_nesting_is_told_as_what_is_not_proper() {
    let open = "[".repeat(100_000);
    let told = project(&[
        ("package.json", &open),
        ("pyproject.toml", &format!("a = {open}")),
        ("web/index.html", ""),
        (
            "web/package.json",
            r#"{"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#,
        ),
        ("web/vercel.json", &open),
        ("web/netlify.toml", &format!("a = {open}")),
        ("web/render.yaml", &open),
        ("web/fly.toml", &"[a.".repeat(50_000)),
    ]);
    assert_eq!(told.apps.len(), 1);
    assert_eq!(told.unread.len(), 6, "{:?}", told.unread);
}

#[test]
fn the_same_words_again_and_again_take_no_time() {
    let again = |text: &str| text.repeat(200_000 / text.len());
    let config = again("output:");
    let script = format!("{{{}", again("AB,}=process.env;"));
    let page = again("rel=\"canonical\"");
    let python = again("def a():\n return FastAPI()\n");
    let told = project(&[
        (
            "package.json",
            r#"{"name": "x", "scripts": {"start": "next start"}, "dependencies": {"next": "16"}}"#,
        ),
        ("next.config.js", &config),
        ("a.ts", &script),
        ("b.ts", &again("from '$env/static/")),
        ("index.html", &page),
        ("api/main.py", &python),
        ("api/requirements.txt", "fastapi\n"),
    ]);
    assert_eq!(told.apps.len(), 2);
    assert_eq!(told.apps[0].variables.len(), 1);
}

#[test]
fn a_name_in_code_that_is_none_stands_in_no_command() {
    let of = |code: &str| {
        let told = project(&[("requirements.txt", "fastapi\n"), ("main.py", code)]);
        let commands = told.apps.iter().map(|app| command(app).to_owned());
        commands.collect::<Vec<_>>()
    };
    for code in [
        "def a;reboot():\n    return FastAPI()\n",
        "def $(reboot)():\n    app = FastAPI()\n",
        "a;reboot = FastAPI()\n",
        "`reboot` = FastAPI()\n",
    ] {
        assert_eq!(of(code), Vec::<String>::new(), "{code}");
    }
    assert_eq!(
        of("def create():\n    return FastAPI()\n"),
        ["python3 -m uvicorn main:create --host 127.0.0.1 --port 4300 --factory"]
    );
}

/// A folder of which a part cannot be listed.
struct Locked(Folder);

impl Files for Locked {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        self.0.read(path, limit)
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Err(FilesError::Missing {
            path: "locked".into(),
        })
    }

    fn walk(
        &self,
        folder: &str,
        visit: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        let reason = "permission denied".to_owned();
        let path = "locked".to_owned();
        let _ = visit(Err(FilesError::Unreadable { path, reason }));
        self.0.walk(folder, visit)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError> {
        self.0.open(path)
    }

    fn modified(&self, path: &str) -> Result<Option<Duration>, FilesError> {
        self.0.modified(path)
    }
}

#[test]
fn a_folder_that_cannot_be_listed_hides_nothing_else() {
    let files = Folder::of([(
        "package.json",
        r#"{"name": "x", "scripts": {"start": "next start"}, "dependencies": {"next": "16"}}"#,
    )]);
    let told = read(&Locked(files));
    assert_eq!(told.apps.len(), 1);
    assert_eq!(told.unread, ["locked could not be read: permission denied"]);
}

#[test]
fn thousands_of_files_are_read_and_no_more() {
    let mut files: Vec<(String, String)> = (0..6000)
        .map(|number| {
            (
                format!("src/m{number}.ts"),
                format!("export const x = process.env.NAME_{number};"),
            )
        })
        .collect();
    files.push((
        "package.json".into(),
        r#"{"name": "x", "scripts": {"start": "next start"}, "dependencies": {"next": "16"}}"#
            .into(),
    ));
    let told = read(&Folder::of(files));
    assert_eq!(told.apps[0].variables.len(), 500);
    assert_eq!(
        told.unread,
        ["1000 source files were left out after the first 5000"]
    );
}

const PLACES: [&str; 22] = [
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "Gemfile",
    "composer.json",
    "Procfile",
    "manage.py",
    "main.py",
    "next.config.js",
    "vite.config.ts",
    "index.html",
    "src/routes/+page.svelte",
    "app/page.tsx",
    "vercel.json",
    "netlify.toml",
    "render.yaml",
    "fly.toml",
    ".env",
    "openapi.yaml",
    "server.js",
    "config/routes.rb",
    "apps/web/package.json",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_reader_fail(
        texts in prop::collection::vec("([\\{\\}\\[\\]\"':=,.#/\\(\\)$<> \n]|name|next|dependencies|scripts|start|FastAPI\\(|DJANGO_SETTINGS_MODULE|env|é|\u{0}){0,40}", PLACES.len()),
    ) {
        let files = PLACES.iter().zip(&texts).map(|(path, text)| (*path, text.as_str()));
        let _ = read(&Folder::of(files));
    }

    #[test]
    fn no_value_in_a_manifest_makes_the_reader_fail(value in "(null|1|\"x\"|\\[\\]|\\{\\}|\\[\\{\\}\\]|\\{\"start\": 1\\}|\\{\"next\": null\\})", key in 0_usize..8) {
        let keys = ["name", "scripts", "dependencies", "devDependencies", "workspaces", "packageManager", "homepage", "main"];
        let text = format!("{{\"{}\": {value}, \"x\": 1}}", keys[key]);
        let _ = project(&[("package.json", &text), ("composer.json", &text), ("nx.json", &text), ("vercel.json", &text)]);
    }
}
