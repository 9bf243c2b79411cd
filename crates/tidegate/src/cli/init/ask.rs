//! Short questions at a terminal, one line each: no control codes, so that screen readers and scripts
//! follow them.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use tidegate::Stop;

use super::super::output::Output;
use super::{unless_stopped, usage};

/// The longest answer that is read, in bytes.
const ANSWER_LIMIT: u64 = 4096;

/// How often a question is asked again when nobody understands the answer.
const TRIES: usize = 5;

/// Asks a person, where there is one.
pub(super) struct Asker<'o> {
    output: &'o Output,
    stop: &'o Stop,
    asks: bool,
}

impl<'o> Asker<'o> {
    /// Asks when both a keyboard and a screen are there, and nobody said that nothing shall be asked.
    pub(super) fn detect(output: &'o Output, stop: &'o Stop, takes_guesses: bool) -> Self {
        let asks = !takes_guesses && io::stdin().is_terminal() && io::stderr().is_terminal();
        Self { output, stop, asks }
    }

    /// Whether there is somebody to ask.
    pub(super) fn asks(&self) -> bool {
        self.asks
    }

    /// Asks for a text until it is one that `read` takes; an empty answer means the default.
    pub(super) fn text<T>(
        &mut self,
        question: &str,
        default: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> anyhow::Result<T> {
        for _ in 0..TRIES {
            let hint = if default.is_empty() { "none" } else { default };
            self.output.prompt(&format!("{question} [{hint}]: "));
            let answer = self.line()?;
            let answer = match answer.trim() {
                "" => default,
                answer => answer,
            };
            match read(answer) {
                Ok(read) => return Ok(read),
                Err(why) => self.output.say(&why),
            }
        }
        Err(usage(
            format!("`{question}` was not answered"),
            "Nothing was written. Type the command again; `tidegate init --help` lists the flags that answer for you.",
        ))
    }

    /// Asks a question for yes or no.
    pub(super) fn yes(&mut self, question: &str, default: bool) -> anyhow::Result<bool> {
        let hint = if default { "yes" } else { "no" };
        self.text(question, hint, |answer| {
            match answer.to_ascii_lowercase().as_str() {
                "y" | "yes" => Ok(true),
                "n" | "no" => Ok(false),
                _ => Err("Please answer yes or no.".to_owned()),
            }
        })
    }

    /// Asks for one of several, by its number; the first is the default.
    pub(super) fn choice(&mut self, question: &str, options: &[String]) -> anyhow::Result<usize> {
        for (number, option) in options.iter().enumerate() {
            self.output.say(&format!("  {}  {option}", number + 1));
        }
        let count = options.len();
        self.text(question, "1", |answer| match answer.parse::<usize>() {
            Ok(number) if (1..=count).contains(&number) => Ok(number - 1),
            _ => Err(format!("Please answer with a number from 1 to {count}.")),
        })
    }

    /// What ends a question and the work before it.
    pub(super) fn stop(&self) -> &'o Stop {
        self.stop
    }

    /// The next line of the keyboard.
    fn line(&self) -> anyhow::Result<String> {
        let read = unless_stopped("tidegate-answer", self.stop, || {
            let mut bytes = Vec::new();
            let mut bounded = io::stdin().lock().take(ANSWER_LIMIT);
            bounded.read_until(b'\n', &mut bytes).map(|_| bytes)
        });
        let is_ended = matches!(&read, Ok(Ok(bytes)) if bytes.is_empty());
        if is_ended || read.is_err() {
            // The cursor still stands behind the question.
            self.output.say("");
        }
        if is_ended {
            return Err(usage(
                "the answers ended before everything was asked",
                "Nothing was written. `--yes` takes the guesses without asking.",
            ));
        }
        Ok(String::from_utf8_lossy(&read??).into_owned())
    }
}
