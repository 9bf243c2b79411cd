use tidegate_core::meta::{CodeInfo, Effort, Severity};
use tidegate_core::span::Location;

use super::*;
use crate::testing::FakeFiles;

fn detect(files: &[(&str, &str)]) -> Vec<Framework> {
    Frameworks::detect(&*FakeFiles::new(files))
        .0
        .into_iter()
        .collect()
}

#[test]
fn each_kind_of_manifest_tells_its_frameworks() {
    let cases: [(&str, &str, &[Framework]); 11] = [
        (
            "package.json",
            r#"{"dependencies": {"next": "16", "@supabase/supabase-js": "2"}, "devDependencies": {"prisma": "7"}}"#,
            &[Framework::Next, Framework::Supabase, Framework::Prisma],
        ),
        (
            "apps/api/package.json",
            r#"{"dependencies": {"@nestjs/core": "11", "drizzle-orm": "1"}}"#,
            &[Framework::Nest, Framework::Drizzle],
        ),
        (
            "requirements.txt",
            "# web\nFastAPI[standard]>=0.115\n-r other.txt\n",
            &[Framework::FastApi],
        ),
        (
            "requirements-dev.txt",
            "Django==5.2 ; x\n",
            &[Framework::Django],
        ),
        (
            "pyproject.toml",
            "[project]\ndependencies = [\"fastapi>=0.1\"]\n[dependency-groups]\ndev = [\"flask\"]\n",
            &[Framework::FastApi, Framework::Flask],
        ),
        (
            "pyproject.toml",
            "[tool.poetry.dependencies]\ndjango = \"^5\"\n",
            &[Framework::Django],
        ),
        (
            "Gemfile",
            "source 'https://rubygems.org'\n  gem \"rails\", \"~> 8\"\n# gem 'x'\n",
            &[Framework::Rails],
        ),
        (
            "composer.json",
            r#"{"require": {"laravel/framework": "^12"}}"#,
            &[Framework::Laravel],
        ),
        (
            "Cargo.toml",
            "[dependencies]\naxum = \"0.8\"\n[workspace.dependencies]\nactix-web = \"4\"\n",
            &[Framework::Axum, Framework::Actix],
        ),
        ("firebase.json", "{}", &[Framework::Firebase]),
        (
            "package.json",
            "\u{feff}{\"dependencies\": {\"express\": \"5\"}}",
            &[Framework::Express],
        ),
    ];
    for (path, text, expected) in cases {
        assert_eq!(detect(&[(path, text)]), expected, "{path}");
    }
}

#[test]
fn what_only_sounds_like_a_framework_is_none() {
    let quiet = [
        (
            "package.json",
            r#"{"name": "next", "scripts": {"express": "x"}, "dependencies": {"next-themes": "1", "express-session": "1"}}"#,
        ),
        ("requirements.txt", "fastapi-users\ndjango-stubs\n# flask\n"),
        (
            "node_modules/express/package.json",
            r#"{"dependencies": {"express": "5"}}"#,
        ),
        (
            "tests/package.json",
            r#"{"dependencies": {"express": "5"}}"#,
        ),
        ("Gemfile", "# gem 'rails'\ngem 'rails-i18n'\n"),
        (
            "docs/package.json.md",
            "{\"dependencies\": {\"koa\": \"1\"}}",
        ),
    ];
    assert_eq!(detect(&quiet), []);
}

#[test]
fn a_hostile_manifest_tells_nothing() {
    let deep = "[".repeat(100_000);
    let table = format!("a = {deep}");
    let huge = format!(
        "{{\"dependencies\": {{\"koa\": \"{}\"}}}}",
        " ".repeat(1024 * 1024)
    );
    let files = [
        ("package.json", deep.as_str()),
        ("Cargo.toml", table.as_str()),
        ("a/package.json", huge.as_str()),
        ("b/package.json", "{\"dependencies\": [\"next\"]}"),
        ("Gemfile", "gem 'rails\ngem '\ngem é\ngem\u{0}"),
    ];
    assert_eq!(detect(&files), []);
}

const CODE: CodeInfo = CodeInfo::known(
    "a/fault",
    Severity::Low,
    Effort::Small,
    "A fault",
    "It hurts.",
);

fn advised(package: &str, own: &str, topic: Topic) -> String {
    let location = Location::line_of("tidegate.yaml", 1);
    let mut findings = [Finding::new(&CODE, location, "a fault").advice(own)];
    let files = FakeFiles::new(&[("package.json", package)]);
    advise(&mut findings, &*files, |_| Some(topic));
    findings[0].advice.clone()
}

#[test]
fn advice_ends_with_each_framework_and_begins_with_the_finding_s_own() {
    let both = r#"{"dependencies": {"next": "16", "@supabase/supabase-js": "2"}}"#;
    for topic in Topic::ALL {
        let general = advised("{}", "", topic);
        assert!(general.ends_with('.'), "{general}");
        assert_eq!(advised("{}", "Do this.", topic), "Do this.");
        let advice = advised(both, "", topic);
        assert!(advice.starts_with(&general), "{advice}");
        assert!(advice.len() < 900, "{advice}");
        let rest = advice.strip_prefix(&general).unwrap();
        assert_eq!(advised(both, "Do this.", topic), format!("Do this.{rest}"));
    }
    let access = advised(both, "", Topic::Access);
    assert!(access.contains("every route handler"), "{access}");
    assert!(advised(both, "", Topic::Isolation).contains("auth.uid()"));
}

#[test]
fn a_finding_without_a_topic_keeps_its_advice() {
    let location = Location::line_of("tidegate.yaml", 1);
    let mut findings = [Finding::new(&CODE, location, "a fault").advice("Do this.")];
    let files = FakeFiles::new(&[("package.json", r#"{"dependencies": {"next": "16"}}"#)]);
    advise(&mut findings, &*files, |_| None);
    assert_eq!(findings[0].advice, "Do this.");
}

#[test]
fn frameworks_that_share_a_sentence_say_it_once() {
    let three = r#"{"dependencies": {"express": "5", "koa": "3", "@nestjs/core": "11"}}"#;
    let advice = advised(three, "", Topic::Tokens);
    assert_eq!(advice.matches("In Node.js").count(), 1, "{advice}");
}

#[test]
fn a_manifest_tells_what_each_dependency_is_needed_for() {
    let needs = |path: &str, text: &str| {
        let manifest = Manifest::read(path, text).unwrap();
        let pairs = manifest.dependencies.into_iter();
        pairs.map(|one| (one.name, one.need)).collect::<Vec<_>>()
    };
    let package = r#"{"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}, "peerDependencies": {"c": "1"}}"#;
    assert_eq!(
        needs("x/package.json", package),
        [
            ("a".to_owned(), Need::Running),
            ("b".to_owned(), Need::Development),
            ("c".to_owned(), Need::Peer)
        ]
    );
    let dev = [("flask".to_owned(), Need::Development)];
    assert_eq!(needs("requirements-dev.txt", "flask\n"), dev);
    assert_eq!(needs("Pipfile", "[dev-packages]\nFlask = \"*\"\n"), dev);
    assert_eq!(needs("README.md", "flask"), []);
}

#[test]
fn a_broken_manifest_is_told_with_its_place_and_no_word_of_it() {
    for (path, text, expected) in [
        (
            "package.json",
            "{\n  \"a\": secret }",
            "package.json:2:8: this is no proper JSON",
        ),
        (
            "api/pyproject.toml",
            "[project]\nname = \n",
            "api/pyproject.toml:2:8: this is no proper TOML",
        ),
    ] {
        let fault = Manifest::read(path, text).unwrap_err();
        assert_eq!(fault.to_string(), expected);
        assert!(fault.help().contains("Mend"));
    }
}
