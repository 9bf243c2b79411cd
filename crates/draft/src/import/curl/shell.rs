//! The words of commands as a shell reads them: quotes, escapes, continued lines, comments, variables.
//!
//! The three ways in which browsers write commands are read: for a POSIX shell, for `cmd` of Windows with
//! its carets, and for PowerShell with its backticks. Nothing is run.

use std::collections::HashMap;

use tidegate_core::template::is_variable_name;

use super::super::names::capture;

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
        self.word.get_or_insert_with(String::new).push_str(text);
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

    fn double(&mut self, start: usize) -> Result<(), Fault> {
        self.next();
        self.push("");
        while let Some(letter) = self.next() {
            match letter {
                '"' if self.dialect == Dialect::Cmd && self.starts("\"") => {
                    self.next();
                    self.letter('"');
                }
                '"' => return Ok(()),
                '^' if self.dialect == Dialect::Cmd => {
                    if self.starts("\"") {
                        self.next();
                        return Ok(());
                    }
                    self.in_cmd();
                }
                '`' if self.dialect == Dialect::PowerShell => {
                    if let Some(letter) = self.next() {
                        self.letter(letter);
                    }
                }
                '\\' => self.escaped_in_double(),
                '$' if self.dialect == Dialect::Posix => {
                    self.at -= 1;
                    self.dollar(true)?;
                }
                letter => self.letter(letter),
            }
        }
        Err(Fault {
            at: start,
            what: "a quote \" is opened here and never closed",
        })
    }

    /// What follows a caret inside of quotes, as browsers write it.
    fn in_cmd(&mut self) {
        let rest = &self.text[self.at..];
        if rest.starts_with("\\^\"") {
            self.at += 3;
            self.letter('"');
        } else if rest.starts_with("\n\n") {
            self.at += 2;
            self.letter('\n');
        } else if rest.starts_with("\r\n\r\n") {
            self.at += 4;
            self.letter('\n');
        } else if let Some(letter) = self.next() {
            self.letter(letter);
        }
    }

    fn escaped_in_double(&mut self) {
        let Some(letter) = self.peek() else {
            self.letter('\\');
            return;
        };
        match letter {
            '"' | '\\' => {
                self.next();
                self.letter(letter);
            }
            '$' | '`' if self.dialect == Dialect::Posix => {
                self.next();
                self.letter(letter);
            }
            '\n' if self.dialect == Dialect::Posix => {
                self.next();
            }
            _ => self.letter('\\'),
        }
    }

    /// A variable, a quoted text with escapes, or the output of another command.
    fn dollar(&mut self, quoted: bool) -> Result<(), Fault> {
        let start = self.at;
        self.next();
        if self.starts("'") && !quoted {
            return self.ansi(start);
        }
        if self.starts("(") {
            return self.substitution(start);
        }
        let rest = &self.text[self.at..];
        let name_of = |text: &str| -> String {
            text.chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                .collect()
        };
        let (name, length) = match rest.strip_prefix('{') {
            Some(inside) => {
                let Some(close) = inside.find('}') else {
                    self.letter('$');
                    return Ok(());
                };
                (name_of(inside), close + 2)
            }
            None => {
                let name = name_of(rest);
                let length = name.len();
                (name, length)
            }
        };
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            self.letter('$');
            return Ok(());
        }
        self.at += length;
        let value = self.variables.get(&name).cloned();
        self.push(&value.unwrap_or_else(|| format!("${{{}}}", variable(&name))));
        Ok(())
    }

    /// A text in `$'…'`, with the escapes of C.
    fn ansi(&mut self, start: usize) -> Result<(), Fault> {
        self.next();
        self.push("");
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(letter) = self.next() {
            match letter {
                '\'' => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    self.literal(&text);
                    return Ok(());
                }
                '\\' => self.ansi_escape(&mut bytes),
                letter => bytes.extend(letter.to_string().bytes()),
            }
        }
        Err(Fault {
            at: start,
            what: "a quote $' is opened here and never closed",
        })
    }

    fn ansi_escape(&mut self, bytes: &mut Vec<u8>) {
        let Some(letter) = self.next() else { return };
        let mut digits = |most: usize, radix: u32| -> u32 {
            let digits: String = self.text[self.at..]
                .chars()
                .take(most)
                .take_while(|letter| letter.is_digit(radix))
                .collect();
            self.at += digits.len();
            u32::from_str_radix(&digits, radix).unwrap_or(0)
        };
        match letter {
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'e' | 'E' => bytes.push(27),
            'f' => bytes.push(12),
            'v' => bytes.push(11),
            'x' => bytes.push(u8::try_from(digits(2, 16)).unwrap_or(b'?')),
            'u' | 'U' => {
                let code = digits(if letter == 'u' { 4 } else { 8 }, 16);
                let shown = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend(shown.to_string().bytes());
            }
            '0'..='7' => {
                self.at -= 1;
                let mut octal = |most| {
                    let digits: String = self.text[self.at..]
                        .chars()
                        .take(most)
                        .take_while(|letter| letter.is_digit(8))
                        .collect();
                    self.at += digits.len();
                    u32::from_str_radix(&digits, 8).unwrap_or(0)
                };
                bytes.push(u8::try_from(octal(3) & 0xff).unwrap_or(b'?'));
            }
            other => bytes.extend(other.to_string().bytes()),
        }
    }

    /// `NAME=$(curl … | jq …)` keeps what a command prints; anything else in `$(…)` has no value here.
    fn substitution(&mut self, start: usize) -> Result<(), Fault> {
        let assigned = self
            .word
            .as_deref()
            .and_then(|word| word.strip_suffix('='))
            .filter(|name| self.current.words.is_empty() && is_name(name))
            .map(str::to_owned);
        let inside = self.text[self.at + 1..].trim_start();
        match assigned {
            Some(name) if inside.starts_with("curl") && !self.nested => {
                self.next();
                self.word = None;
                let comment = self.comment.take();
                self.variables
                    .insert(name.clone(), format!("${{{}}}", capture(&name)));
                self.current = Command {
                    into: Some(capture(&name)),
                    comment,
                    ..Command::default()
                };
                self.nested = true;
                Ok(())
            }
            _ => {
                let length = closing(&self.text[self.at..]);
                let Some(length) = length else {
                    return Err(Fault {
                        at: start,
                        what: "a bracket $( is opened here and never closed",
                    });
                };
                self.at += length;
                let name = assigned.unwrap_or_else(|| "COMPUTED".to_owned());
                self.push(&format!("${{{}}}", variable(&name)));
                Ok(())
            }
        }
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

/// Where the bracket that a text begins with is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// A variable of the shell as one of the environment.
fn variable(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    if is_variable_name(&upper) {
        upper
    } else {
        "VALUE".to_owned()
    }
}
