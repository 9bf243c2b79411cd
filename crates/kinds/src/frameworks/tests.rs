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

#[test]
fn advice_is_for_everybody_first_and_then_for_each_framework() {
    let none = Frameworks::default();
    let both = Frameworks([Framework::Next, Framework::Supabase].into());
    for topic in Topic::ALL {
        let general = none.advice(topic);
        assert!(general.ends_with('.'), "{general}");
        let advice = both.advice(topic);
        assert!(advice.starts_with(&general), "{advice}");
        assert!(advice.len() < 900, "{advice}");
    }
    let access = both.advice(Topic::Access);
    assert!(access.contains("every route handler"), "{access}");
    assert!(both.advice(Topic::Isolation).contains("auth.uid()"));
    assert!(both.0.contains(&Framework::Next) && !none.0.contains(&Framework::Next));
}

#[test]
fn frameworks_that_share_a_sentence_say_it_once() {
    let three = Frameworks([Framework::Express, Framework::Koa, Framework::Nest].into());
    let advice = three.advice(Topic::Tokens);
    assert_eq!(advice.matches("In Node.js").count(), 1, "{advice}");
}
