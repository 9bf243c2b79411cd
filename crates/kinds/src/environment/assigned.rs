//! What a file of variables sets, for those who only ask about names and addresses.

use super::discover::{Applies, guess};
use super::model::Role;
use super::sources::{self, Format, Wanted};

/// A variable that a file sets, in production where the file tells environments apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Assigned {
    /// Its name.
    pub name: String,
    /// Its value, which may be a secret; `None` when the file has the name alone.
    pub value: Option<String>,
    /// The 1-based line.
    pub line: usize,
    /// Whether the file holds what production gets.
    pub of_production: bool,
}

/// What a `.env` file or the configuration of a hosting provider sets; `None` for a file that its name
/// does not tell to be one.
///
/// # Errors
/// The first place that makes no sense, in a phrase that begins with it.
pub fn assigned(path: &str, text: &str) -> Option<Result<Vec<Assigned>, String>> {
    let guess = guess(path)?;
    if matches!(guess.format, Format::Compose(_) | Format::Kubernetes) {
        return None;
    }
    let wanted = Wanted {
        name: "production",
        role: Role::Production,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let reading = sources::read(&guess.format, path, text, wanted);
    // A plain `.env` file is that of the developer's machine wherever others stand beside it.
    let of_production = match &guess.applies {
        Applies::To(name) => name == "production",
        Applies::Everywhere => guess.format != Format::EnvFile,
        Applies::Example => false,
    };
    let variables = reading.map(|reading| {
        let set = reading.set.into_iter();
        let variables = set.map(|set| Assigned {
            name: set.name,
            value: set.value,
            line: set.line,
            of_production,
        });
        variables.collect()
    });
    Some(variables.map_err(|error| format!("{}: {error}", error.place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, text: &str) -> Vec<(String, bool)> {
        let read = assigned(path, text).unwrap().unwrap();
        let pairs = read.into_iter().map(|one| (one.name, one.of_production));
        pairs.collect()
    }

    #[test]
    fn files_of_variables_tell_names_and_whether_production_gets_them() {
        let one = |of_production| vec![("A".to_owned(), of_production)];
        assert_eq!(names(".env", "\u{feff}A=1\r\n"), one(false));
        assert_eq!(names("web/.env.production", "A=1"), one(true));
        assert_eq!(names(".env.example", "A="), one(false));
        assert_eq!(names("fly.toml", "[env]\nA = \"1\"\n"), one(true));
        assert_eq!(names("vercel.json", r#"{"env": {"A": "1"}}"#), one(true));
        let render = "services:\n- name: web\n  envVars: [{ key: A, sync: false }]\n";
        assert_eq!(names("render.yaml", render), one(true));
    }

    #[test]
    fn what_is_no_file_of_variables_is_none_and_a_broken_one_is_told_with_its_place() {
        assert!(assigned("compose.yaml", "services: {}").is_none());
        assert!(assigned("src/env.ts", "A=1").is_none());
        let Err(fault) = assigned("fly.toml", "app = \"x\"\n[env").unwrap() else {
            panic!("broken TOML was read");
        };
        assert!(fault.starts_with("fly.toml:2"), "{fault}");
    }
}
