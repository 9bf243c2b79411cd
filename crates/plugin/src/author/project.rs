//! Writing a new project.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::templates::{self, SDK};
use super::{Language, PluginName};

/// Where a new project has the SDK from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sdk {
    /// This program, which writes it into the project.
    Written,
    /// A folder that somebody develops it in.
    At(PathBuf),
}

/// A project that is not written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    files: Vec<(String, String)>,
}

/// Why a project cannot be written; nothing of it is left then.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The folder has something in it.
    #[error("{} is not empty: it has {found}", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// The name of something in it.
        found: String,
    },
    /// There is a file where the folder should be.
    #[error("{} is a file", .0.display())]
    NoFolder(PathBuf),
    /// The folder of the SDK cannot stand in the files of a project.
    #[error("the path {} cannot be written into a project: it has quotes, control characters or no UTF-8", .0.display())]
    SdkPath(PathBuf),
    /// The system does not let it be written.
    #[error("{} cannot be written: {error}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl ProjectError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotEmpty { .. } | Self::NoFolder(_) => {
                "Nothing is overwritten: choose another name, or another folder with `--path`."
            }
            Self::SdkPath(_) => "Give `--sdk` a path of plain letters.",
            Self::Unwritable { .. } => "Choose a folder that you may write to with `--path`.",
        }
    }
}

impl Project {
    /// Fills the templates of a language with a name.
    ///
    /// # Errors
    /// When the path of the SDK cannot stand in the files of a project.
    pub fn new(name: &PluginName, language: Language, sdk: &Sdk) -> Result<Self, ProjectError> {
        let place = match sdk {
            Sdk::Written => SDK.to_owned(),
            Sdk::At(folder) => {
                plain(folder).ok_or_else(|| ProjectError::SdkPath(folder.clone()))?
            }
        };
        let words = [
            ("name", name.as_str().to_owned()),
            ("module", name.module()),
            ("type", name.type_name()),
            ("title", name.title()),
            ("sdk", place),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        let own = format!("{SDK}/");
        let wanted = |path: &str| *sdk == Sdk::Written || !path.starts_with(&own);
        let mut files: Vec<(String, String)> = templates::of(language)
            .filter(|template| wanted(template.path))
            .map(|template| (fill(template.path, &words), fill(template.text, &words)))
            .collect();
        if *sdk == Sdk::Written {
            files.push((templates::INTERFACE.to_owned(), templates::WIT.to_owned()));
        }
        files.sort();
        Ok(Self { files })
    }

    /// The files by their paths from the folder of the project, with forward slashes, sorted; and what each says.
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// Writes the project into a folder that is empty or not there yet.
    ///
    /// A folder that is not there appears with all its files at once.
    ///
    /// # Errors
    /// When something is there already or cannot be written; what was written is removed again.
    pub fn write(&self, folder: &Path) -> Result<(), ProjectError> {
        match first_entry(folder) {
            Ok(None) => self.fill_empty(folder),
            Ok(Some(found)) => Err(ProjectError::NotEmpty {
                folder: folder.to_owned(),
                found,
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => self.appear(folder),
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                Err(ProjectError::NoFolder(folder.to_owned()))
            }
            Err(error) => Err(unwritable(folder)(error)),
        }
    }

    /// Writes beside the folder and moves the whole there.
    fn appear(&self, folder: &Path) -> Result<(), ProjectError> {
        let parent = match folder.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(unwritable(parent))?;
        let beside = tempfile::Builder::new()
            .prefix(".tidegate-new-")
            .tempdir_in(parent);
        let beside = beside.map_err(unwritable(parent))?;
        // Inside it, because the temporary folder itself is its owner's alone.
        let made = beside.path().join("project");
        fs::create_dir(&made).map_err(unwritable(folder))?;
        self.write_files(&made)?;
        // Fails where something came between: only an empty folder is ever replaced.
        fs::rename(&made, folder).map_err(unwritable(folder))
    }

    /// Writes into a folder that somebody may stand in.
    fn fill_empty(&self, folder: &Path) -> Result<(), ProjectError> {
        let written = self.write_files(folder);
        if written.is_err() {
            self.remove(folder);
        }
        written
    }

    fn write_files(&self, folder: &Path) -> Result<(), ProjectError> {
        for (path, text) in &self.files {
            let whole = folder.join(path);
            if let Some(parent) = whole.parent() {
                fs::create_dir_all(parent).map_err(unwritable(parent))?;
            }
            let file = OpenOptions::new().write(true).create_new(true).open(&whole);
            file.and_then(|mut file| file.write_all(text.as_bytes()))
                .map_err(unwritable(&whole))?;
        }
        Ok(())
    }

    /// Removes what was written into a folder that was empty before; what cannot be removed stays.
    fn remove(&self, folder: &Path) {
        for (path, _) in &self.files {
            let whole = folder.join(path);
            let _ = fs::remove_file(&whole);
            let inside = whole
                .ancestors()
                .skip(1)
                .take_while(|parent| *parent != folder);
            for parent in inside {
                // Fails for a folder that still has something.
                let _ = fs::remove_dir(parent);
            }
        }
    }
}

/// The name of something in a folder, when there is anything.
fn first_entry(folder: &Path) -> io::Result<Option<String>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names.into_iter().next())
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> ProjectError + use<> {
    let path = path.to_owned();
    move |error| ProjectError::Unwritable {
        path: path.clone(),
        error,
    }
}

/// A path as TOML and JSON take it between quotes.
fn plain(path: &Path) -> Option<String> {
    let text = path.to_str()?.replace('\\', "/");
    let harmless = |letter: char| !letter.is_control() && letter != '"' && letter != '\'';
    text.chars().all(harmless).then_some(text)
}

/// Puts words in the place of `{{word}}`; other braces stay as they are.
fn fill(text: &str, words: &[(&str, String)]) -> String {
    words.iter().fold(text.to_owned(), |text, (word, value)| {
        text.replace(&format!("{{{{{word}}}}}"), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(language: Language) -> Project {
        let name = PluginName::new("invoice-totals").expect("a name");
        Project::new(&name, language, &Sdk::Written).expect("a project")
    }

    fn written(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_project_has_its_name_the_interface_and_no_word_left() {
        for language in Language::ALL {
            let project = project(language);
            let all: String = project
                .files()
                .iter()
                .flat_map(|(path, text)| [path.as_str(), text])
                .collect();
            assert!(all.contains("invoice-totals"));
            for word in ["name", "module", "type", "title", "sdk", "version"] {
                assert!(
                    !all.contains(&format!("{{{{{word}}}}}")),
                    "{} {word}",
                    language.title()
                );
            }
            let interface = project
                .files()
                .iter()
                .find(|(path, _)| path == "sdk/wit/check.wit");
            assert!(interface.is_some_and(|(_, text)| text.contains("package tidegate:check@")));
        }
    }

    #[test]
    fn an_sdk_of_ones_own_is_referred_to_and_not_written() {
        let name = PluginName::new("x").expect("a name");
        let of = |path: &str| Project::new(&name, Language::Rust, &Sdk::At(path.into()));
        let project = of("/work/sdk").expect("a project");
        assert!(
            project
                .files()
                .iter()
                .all(|(path, _)| !path.starts_with("sdk/"))
        );
        assert!(
            project
                .files()
                .iter()
                .any(|(_, text)| text.contains("/work/sdk"))
        );
        assert!(matches!(of("a\"b"), Err(ProjectError::SdkPath(_))));
        assert!(matches!(of("a\nb"), Err(ProjectError::SdkPath(_))));
    }

    #[test]
    fn a_new_folder_appears_whole_and_leaves_nothing_beside_it() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("deep/invoice-totals");
        project(Language::Rust).write(&folder).expect("written");
        assert_eq!(written(&parent.path().join("deep")), ["invoice-totals"]);
        for (path, text) in project(Language::Rust).files() {
            assert_eq!(
                &fs::read_to_string(folder.join(path)).expect("a file"),
                text
            );
        }
    }

    #[test]
    fn an_empty_folder_is_filled_and_a_full_one_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        project(Language::Python)
            .write(folder.path())
            .expect("written");
        let before = written(folder.path());
        let again = project(Language::Rust).write(folder.path());
        assert!(
            matches!(again, Err(ProjectError::NotEmpty { .. })),
            "{again:?}"
        );
        assert_eq!(written(folder.path()), before);
        let file = folder.path().join("README.md");
        let on_a_file = project(Language::Rust).write(&file);
        assert!(
            matches!(on_a_file, Err(ProjectError::NoFolder(_))),
            "{on_a_file:?}"
        );
    }

    #[test]
    fn what_was_begun_in_an_empty_folder_is_removed_when_it_fails() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = vec![
            ("a/b.txt".to_owned(), String::new()),
            ("a/b.txt/c".to_owned(), String::new()),
        ];
        let failed = Project { files }.write(folder.path());
        assert!(
            matches!(failed, Err(ProjectError::Unwritable { .. })),
            "{failed:?}"
        );
        assert_eq!(written(folder.path()), [""; 0]);
    }
}
