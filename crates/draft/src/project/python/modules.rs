//! Where the modules of a program are imported from.

use super::super::names::{and_above, from, is_below, last, split, within};
use super::super::survey::Survey;

/// The most folders above a file that its imports may start from.
const DEEPEST: usize = 30;

/// The folder that a file's imports start from, at `top` or below it.
pub(super) fn base(survey: &Survey<'_>, file: &str, text: &str, top: &str) -> String {
    let folder = split(file).0;
    let folders: Vec<&str> = and_above(folder)
        .take_while(|above| is_below(above, top))
        .take(DEEPEST)
        .collect();
    // `from app.core import …` in `backend/app/main.py` starts from `backend`.
    let imported = folders
        .iter()
        .find(|above| **above != top && imports(text, last(above)));
    if let Some(above) = imported {
        return split(above).0.to_owned();
    }
    // `from .core import …` makes a package of the file's own folder.
    let dots = text.lines().filter_map(|line| line.strip_prefix("from ."));
    let dots = dots
        .map(|rest| 1 + rest.chars().take_while(|letter| *letter == '.').count())
        .max();
    let packages = folders
        .iter()
        .take_while(|above| survey.has(&within(above, "__init__.py")))
        .count();
    let steps = dots.unwrap_or(0).max(packages);
    let base = folders.get(steps).or(folders.last());
    base.map_or_else(String::new, |base| (*base).to_owned())
}

fn imports(text: &str, name: &str) -> bool {
    let mut named = text.lines().filter_map(|line| {
        let rest = line
            .strip_prefix("from ")
            .or_else(|| line.strip_prefix("import "))?;
        rest.trim_start().strip_prefix(name)
    });
    !name.is_empty() && named.any(|rest| rest.is_empty() || rest.starts_with(['.', ' ', ',']))
}

/// The module of a file, as it is imported from a folder; nothing when it cannot be imported by name.
pub(super) fn module(file: &str, base: &str) -> Option<String> {
    let path = from(base, file).strip_suffix(".py")?;
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    path.split('/')
        .all(is_identifier)
        .then(|| path.replace('/', "."))
}

/// Whether a text is a name that Python takes; code can hold anything in the place of one.
pub(super) fn is_identifier(text: &str) -> bool {
    let of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    begins && text.chars().all(of_name)
}

/// The file of a module below a folder.
pub(super) fn file(survey: &Survey<'_>, base: &str, module: &str) -> Option<String> {
    let path = within(base, &module.replace('.', "/"));
    let files = [format!("{path}.py"), format!("{path}/__init__.py")];
    files.into_iter().find(|file| survey.has(file))
}
