//! Commands of curl.

mod build;
mod options;
mod shell;

#[cfg(test)]
mod tests;

use super::Source;
use super::error::{ImportError, text};
use super::model::{Capture, Draft, Journey, LeftOut, Source as From};
use super::names::kebab;
use build::Request;
use options::About;
use shell::Command;

/// The most requests of one file.
const REQUESTS: usize = 2_000;

/// Reads commands of curl.
///
/// # Errors
/// When a quote is not closed, at its place.
pub(crate) fn read(source: &Source<'_>) -> Result<Draft, ImportError> {
    let text = text(source)?;
    let commands = shell::commands(text).map_err(|fault| {
        let help = "Copy the whole command, from `curl` to the end of its last line.";
        ImportError::at(source.name, text, fault.at, fault.what, help)
    })?;
    let mut journey = Journey {
        name: journey_name(source.name),
        ..Journey::default()
    };
    let mut at = 0;
    while let Some(command) = commands.get(at) {
        at += 1;
        let place = format!("{}:{}", source.name, command.line);
        if journey.steps.len() >= REQUESTS {
            journey.left_out.push(LeftOut::new(
                place,
                "every further command",
                "2,000 requests are carried over at most",
            ));
            break;
        }
        let Some(words) = after_curl(command) else {
            if !command.piped {
                let what = format!("the command `{}`", head(command));
                journey
                    .left_out
                    .push(LeftOut::new(place, what, "it is none of curl"));
            }
            continue;
        };
        let before = journey.steps.len();
        requests(words, &place, command.comment.as_deref(), &mut journey);
        let pipe = commands.get(at).filter(|next| next.piped);
        let kept = command
            .into
            .as_deref()
            .and_then(|name| captured(name, pipe));
        match (journey.steps.len() > before, kept, pipe) {
            (true, Some(capture), _) => {
                if let Some(step) = journey.steps.last_mut() {
                    step.captures.push(capture);
                }
            }
            (_, _, Some(pipe)) => journey.left_out.push(LeftOut::new(
                &place,
                format!("what `{}` does with the answer", head(pipe)),
                "a step has `expect:` and `capture:` for it",
            )),
            _ => {}
        }
    }
    Ok(Draft {
        name: "portal".to_owned(),
        journeys: vec![journey],
        ..Draft::default()
    })
}

fn journey_name(file: &str) -> String {
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = file.split('.').next().unwrap_or_default();
    kebab(stem, "requests")
}

/// The program that a command starts; what stands before it may be a password.
fn head(command: &Command) -> String {
    let mut words = command.words.iter().filter(|word| !word.contains('='));
    let word = words.next().map_or("…", String::as_str);
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    clipped(name)
}

/// What follows `curl` in a command; `$`, `sudo`, `time` and variables may stand before it.
fn after_curl(command: &Command) -> Option<&[String]> {
    let is_curl = |word: &String| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
        name == "curl" || name == "curl.exe"
    };
    let at = command.words.iter().take(6).position(is_curl)?;
    let before = &command.words[..at];
    let skipped = |word: &String| {
        word == "$"
            || word == ">"
            || word == "%"
            || word == "time"
            || word == "sudo"
            || word.contains('=')
    };
    before.iter().all(skipped).then(|| &command.words[at + 1..])
}

/// What of the answer is kept in a variable, told by the filter of jq behind it.
fn captured(name: &str, pipe: Option<&Command>) -> Option<Capture> {
    let Some(pipe) = pipe else {
        return Some(Capture {
            name: name.to_owned(),
            source: From::Body,
        });
    };
    let (program, words) = pipe.words.split_first()?;
    let filter = words.iter().find(|word| !word.starts_with('-'))?;
    let simple = filter.starts_with('.')
        && filter
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "._[]".contains(letter));
    (program == "jq" && simple && filter.len() > 1).then(|| Capture {
        name: name.to_owned(),
        source: From::Json(format!("${filter}")),
    })
}

/// The requests of one command; `--next` begins another.
fn requests(words: &[String], place: &str, comment: Option<&str>, journey: &mut Journey) {
    let mut request = Request::default();
    let mut rest = words.iter();
    let mut first = comment;
    let mut plain = false;
    while let Some(word) = rest.next() {
        let is_option = word.len() > 1 && word.starts_with('-') && !plain;
        if matches!(word.as_str(), ">" | "<") {
            rest.next();
        } else if word == "--" && !plain {
            plain = true;
        } else if !is_option {
            request.urls.push(word.clone());
        } else if let Some(name) = word.strip_prefix("--") {
            let (name, glued) = name
                .split_once('=')
                .map_or((name, None), |(name, value)| (name, Some(value)));
            match options::long(name) {
                Some((_, About::Next, _)) => {
                    std::mem::take(&mut request).finish(place, first.take(), journey);
                }
                Some((name, about, true)) => {
                    let value = glued.map(str::to_owned).or_else(|| rest.next().cloned());
                    request.option(&format!("--{name}"), about, value.unwrap_or_default());
                }
                Some((name, about, false)) => {
                    request.option(&format!("--{name}"), about, String::new());
                }
                None => request.unknown(&format!("--{}", clipped(name))),
            }
        } else if letters(word, &mut rest, &mut request) {
            std::mem::take(&mut request).finish(place, first.take(), journey);
        }
    }
    request.finish(place, first, journey);
}

/// Options of one letter, several of which may be glued together with the value of the last; whether
/// another request begins.
fn letters(word: &str, rest: &mut std::slice::Iter<'_, String>, request: &mut Request) -> bool {
    let mut glued = word[1..].chars();
    while let Some(letter) = glued.next() {
        match options::short(letter) {
            Some((_, About::Next, _)) => return true,
            Some((_, about, true)) => {
                let own = glued.as_str();
                let value = if own.is_empty() {
                    rest.next().cloned().unwrap_or_default()
                } else {
                    own.to_owned()
                };
                request.option(&format!("-{letter}"), about, value);
                return false;
            }
            Some((_, about, false)) => request.option(&format!("-{letter}"), about, String::new()),
            None => request.unknown(&format!("-{letter}")),
        }
    }
    false
}

fn clipped(name: &str) -> String {
    let word = |letter: &char| letter.is_ascii_alphanumeric() || "-_.…".contains(*letter);
    name.chars().take_while(word).take(32).collect()
}
