//! What is imported: files, standard input, or a command that stands in the arguments.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tidegate::import::{Format, SIZE_LIMIT, Source};

use super::super::output::Usage;

/// The content of a source with its name.
#[derive(Debug)]
pub(super) struct Content {
    name: String,
    bytes: Vec<u8>,
}

impl Content {
    /// It as the import reads it.
    pub(super) fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            bytes: &self.bytes,
        }
    }
}

/// What the arguments ask for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The format, where it is named.
    pub(super) format: Option<Format>,
    contents: Vec<Content>,
}

impl Wanted {
    /// Reads what the arguments name; `folder` is that of the gate file.
    ///
    /// # Errors
    /// When a file cannot be read, or there are more than the format takes.
    pub(super) fn of(what: &[String], folder: &Path) -> Result<Self, Usage> {
        let named = |word: &String| {
            Format::ALL
                .iter()
                .find(|(name, _)| name == word)
                .map(|(_, format)| *format)
        };
        let (format, rest) = match what.split_first() {
            Some((first, rest)) if named(first).is_some() => (named(first), rest),
            _ => (None, what),
        };
        if rest.is_empty() {
            return Err(Usage {
                message: "no file is named".to_owned(),
                help:
                    "Name one, as in `tidegate import har portal.har`, or `-` for standard input."
                        .to_owned(),
            });
        }
        let several =
            matches!(format, Some(Format::Hurl)) || rest.iter().all(|name| name.ends_with(".hurl"));
        if rest.len() > 1 && !several {
            return Err(Usage {
                message: "several files are named".to_owned(),
                help: "Import them one by one with `--into`; a command of curl stands in quotes."
                    .to_owned(),
            });
        }
        let mut contents = rest
            .iter()
            .map(|name| content(name))
            .collect::<Result<Vec<_>, _>>()?;
        let is_document = format == Some(Format::OpenApi) || is_document(&contents);
        if let (true, [document]) = (is_document, contents.as_mut_slice()) {
            document.name = from_folder(Path::new(&document.name), folder)?;
        }
        Ok(Self { format, contents })
    }

    /// The files.
    pub(super) fn sources(&self) -> Vec<Source<'_>> {
        self.contents.iter().map(Content::source).collect()
    }
}

/// Whether a file looks like an OpenAPI document, whose path the gate file names.
fn is_document(contents: &[Content]) -> bool {
    let [one] = contents else { return false };
    let beginning = &one.bytes[..one.bytes.len().min(4096)];
    let text = String::from_utf8_lossy(beginning);
    let is_file = Path::new(&one.name).is_file();
    is_file
        && (text.contains("\"openapi\"") || text.lines().any(|line| line.starts_with("openapi:")))
}

fn content(name: &str) -> Result<Content, Usage> {
    if is_command(name) {
        return Ok(Content {
            name: "command".to_owned(),
            bytes: name.as_bytes().to_vec(),
        });
    }
    if name == "-" {
        let bytes =
            bounded(io::stdin().lock()).map_err(|error| unreadable("standard input", &error))?;
        return Ok(Content {
            name: "standard-input".to_owned(),
            bytes,
        });
    }
    file(Path::new(name))
}

/// Whether an argument is a command itself: its first word starts curl, or one soon after where there is an address
/// or an option, which the names of files seldom have.
fn is_command(argument: &str) -> bool {
    let starts = |word: &str| {
        let program = word.rsplit(['/', '\\', '(']).next().unwrap_or_default();
        ["curl", "curl.exe"].contains(&program)
    };
    let words = || argument.split_whitespace();
    let is_option = |word: &str| word.len() > 1 && word.starts_with('-');
    let asks = argument.contains("://") || words().any(is_option);
    let before = if asks { 6 } else { 1 };
    words().nth(1).is_some() && words().take(before).any(starts) && !Path::new(argument).is_file()
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read.
pub(super) fn file(path: &Path) -> Result<Content, Usage> {
    let shown = path.display().to_string();
    let opened = File::open(path).and_then(bounded);
    let bytes = opened.map_err(|error| unreadable(&shown, &error))?;
    Ok(Content {
        name: shown.replace('\\', "/"),
        bytes,
    })
}

/// What is there, to one byte more than is read, so that what is too large is known.
fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(name: &str, error: &io::Error) -> Usage {
    // What is no path may be a request with a password in it.
    let is_path = name.len() <= 255 && !name.contains("://") && !name.contains(['\n', '"']);
    let name = if is_path { name } else { "what is named" };
    Usage {
        message: format!("{name} cannot be read: {error}"),
        help: "Check the path; a command of curl stands in quotes, as in `tidegate import 'curl https://…'`.".to_owned(),
    }
}

/// The path of a document from the folder of the gate file, with forward slashes.
fn from_folder(document: &Path, folder: &Path) -> Result<String, Usage> {
    let fault = || Usage {
        message: format!(
            "{} is not below the folder of the gate file",
            document.display()
        ),
        help: "Put the document beside or below the gate file, which names it under `openapi:`."
            .to_owned(),
    };
    let folder = folder.canonicalize().map_err(|_| fault())?;
    let whole = document.canonicalize().map_err(|_| fault())?;
    let below = whole.strip_prefix(&folder).map_err(|_| fault())?;
    let parts: Option<Vec<&str>> = below
        .components()
        .map(|part| part.as_os_str().to_str())
        .collect();
    parts.map(|parts| parts.join("/")).ok_or_else(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_files() {
        for command in [
            "curl https://acme.example",
            "  curl\nhttps://acme.example",
            "$ /usr/bin/curl -u a:b https://acme.example",
            "TOKEN=x curl.exe https://acme.example",
            "ID=$(curl -s https://acme.example | jq -r .id)",
        ] {
            assert!(is_command(command), "{command}");
        }
        for file in [
            "curl",
            "portal.har",
            "a folder/portal.har",
            "my curl.sh",
            "my curl requests - new.har",
        ] {
            assert!(!is_command(file), "{file}");
        }
    }

    #[test]
    fn what_is_no_path_is_not_repeated() {
        let error = io::Error::from(io::ErrorKind::NotFound);
        let told = unreadable("POST https://mia:hunter22@acme.example", &error);
        assert!(!told.message.contains("hunter22"), "{}", told.message);
        let told = unreadable("missing.har", &error);
        assert!(told.message.starts_with("missing.har cannot be read"));
    }
}
