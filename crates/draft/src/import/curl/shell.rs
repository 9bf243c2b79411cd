//! The words of commands as a shell reads them: quotes, escapes, continued lines, comments, variables.
//!
//! The three ways in which browsers write commands are read: for a POSIX shell, for `cmd` of Windows with
//! its carets, and for PowerShell with its backticks. Nothing is run.

mod quotes;

use std::collections::HashMap;

use super::super::values::append;

/// The most words of one file.
const WORDS: usize = 100_000;

/// A command with what stands around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// The line that it begins on, counted from 1.
    pub(super) line: usize,
    /// Its words, with `${NAME}` for variables of the shell.
    pub(super) words: Vec<String>,
    /// The comment right above it.
    pub(super) comment: Option<String>,
    /// The variable that its output is kept in.
    pub(super) into: Option<String>,
    /// Whether it reads what the command before it writes.
    pub(super) piped: bool,
}

/// Why words cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The byte where it begins.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) what: &'static str,
}

/// The commands of a text.
pub(super) fn commands(text: &str) -> Result<Vec<Command>, Fault> {
    let mut shell = Shell::new(text);
    shell.run()?;
    Ok(shell.commands)
}

/// How lines are continued and quotes are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Posix,
    Cmd,
    PowerShell,
}

impl Dialect {
    fn of(text: &str) -> Self {
        let ends = |with: char| text.lines().any(|line| line.trim_end().ends_with(with));
        if text.contains("^\"") || ends('^') {
            Self::Cmd
        } else if ends('`') {
            Self::PowerShell
        } else {
            Self::Posix
        }
    }
}

struct Shell<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
    commands: Vec<Command>,
    current: Command,
    word: Option<String>,
    comment: Option<String>,
    variables: HashMap<String, String>,
    count: usize,
    /// How many bytes the values of variables have added.
    expanded: usize,
    /// The line that `counted` is on.
    line: usize,
    counted: usize,
    /// Whether the brackets of a `$(` are open around the command.
    nested: bool,
}

impl<'t> Shell<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            dialect: Dialect::of(text),
            commands: Vec::new(),
            current: Command::default(),
            word: None,
            comment: None,
            variables: HashMap::new(),
            count: 0,
            expanded: 0,
            line: 1,
            counted: 0,
            nested: false,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn starts(&self, with: &str) -> bool {
        self.text[self.at..].starts_with(with)
    }

    fn run(&mut self) -> Result<(), Fault> {
        while let Some(letter) = self.peek() {
            let start = self.at;
            match letter {
                '^' if self.dialect == Dialect::Cmd => self.caret()?,
                '`' if self.dialect == Dialect::PowerShell => {
                    self.next();
                    self.line_end();
                }
                '\\' if self.dialect != Dialect::Cmd => self.backslash(),
                '\'' if self.dialect != Dialect::Cmd => self.single(start)?,
                '"' => self.double(start)?,
                '$' if self.dialect == Dialect::Posix => self.dollar(false)?,
                '#' if self.word.is_none() => self.remark(),
                ' ' | '\t' | '\r' => {
                    self.next();
                    self.end_word();
                }
                '\n' => {
                    self.next();
                    self.end_command(false);
                    if self.starts("\n") || self.starts("\r\n") {
                        self.comment = None;
                    }
                }
                ';' | '&' | '|' | '<' | '>' => self.operator(letter),
                ')' if self.nested => {
                    self.next();
                    self.end_command(false);
                    self.nested = false;
                    self.current = Command::default();
                }
                _ => {
                    self.next();
                    self.letter(letter);
                }
            }
            if self.count > WORDS {
                return Err(Fault {
                    at: start,
                    what: "there are more than 100,000 words",
                });
            }
        }
        self.end_command(false);
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if self.current.words.is_empty() && self.word.is_none() {
            self.line += self.text[self.counted..self.at].matches('\n').count();
            self.counted = self.at;
            self.current.line = self.line;
        }
        append(self.word.get_or_insert_with(String::new), text);
    }

    /// Adds a letter that stands for itself, in a template too.
    fn letter(&mut self, letter: char) {
        let after_dollar = self.word.as_deref().is_some_and(|word| word.ends_with('$'));
        match letter {
            '{' if after_dollar => self.push("${"),
            letter => self.push(letter.encode_utf8(&mut [0; 4])),
        }
    }

    fn literal(&mut self, text: &str) {
        self.push("");
        text.chars().for_each(|letter| self.letter(letter));
    }

    /// A caret escapes what follows; before a line's end it continues the line.
    fn caret(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.next();
        if self.line_end() {
            return Ok(());
        }
        match self.peek() {
            Some('"') => self.double(start),
            Some(letter) => {
                self.next();
                self.letter(letter);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Skips the end of a line, if one is here.
    fn line_end(&mut self) -> bool {
        for end in ["\r\n", "\n"] {
            if self.starts(end) {
                self.at += end.len();
                self.end_word();
                return true;
            }
        }
        false
    }

    fn backslash(&mut self) {
        self.next();
        for end in ["\r\n", "\n"] {
            if self.starts(end) {
                self.at += end.len();
                return;
            }
        }
        // Some write a space behind the backslash by mistake, where the shell would begin a new command.
        let rest = self.text[self.at..].trim_start_matches([' ', '\t', '\r']);
        if rest.starts_with('\n') {
            self.at = self.text.len() - rest.len() + 1;
            self.end_word();
            return;
        }
        if let Some(letter) = self.next() {
            self.letter(letter);
        }
    }

    fn single(&mut self, start: usize) -> Result<(), Fault> {
        self.next();
        let Some(end) = self.text[self.at..].find('\'') else {
            return Err(Fault {
                at: start,
                what: "a quote ' is opened here and never closed",
            });
        };
        let text = &self.text[self.at..self.at + end];
        self.literal(text);
        self.at += end + 1;
        Ok(())
    }

    fn remark(&mut self) {
        let line = self.text[self.at..].split('\n').next().unwrap_or_default();
        self.at += line.len();
        let text = line.trim_start_matches('#').trim();
        if self.current.words.is_empty() && !text.is_empty() && !text.starts_with('!') {
            self.comment = Some(text.to_owned());
        }
    }

    fn operator(&mut self, letter: char) {
        self.next();
        match letter {
            '&' | '|' | ';' => {
                let doubled = self.peek() == Some(letter);
                if doubled {
                    self.next();
                }
                let piped = letter == '|' && !doubled;
                self.end_command(piped);
            }
            // Where output goes and input comes from.
            _ => {
                self.end_word();
                self.letter(letter);
                while self.peek() == Some(letter) || self.peek() == Some('&') {
                    self.next();
                }
                self.end_word();
            }
        }
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.take() {
            self.count += 1;
            self.current.words.push(word);
        }
    }

    /// `piped` says that the next command reads what this one writes.
    fn end_command(&mut self, piped: bool) {
        self.end_word();
        let mut done = std::mem::take(&mut self.current);
        if self.nested && piped {
            self.current.into.clone_from(&done.into);
        }
        self.current.piped = piped;
        if done.words.is_empty() {
            return;
        }
        if let [word] = done.words.as_slice() {
            let assigned = word.split_once('=').filter(|(name, _)| is_name(name));
            if let Some((name, value)) = assigned {
                if !value.is_empty() {
                    self.variables.insert(name.to_owned(), value.to_owned());
                }
                return;
            }
        }
        if done.comment.is_none() {
            done.comment = self.comment.take();
        }
        self.commands.push(done);
    }
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
