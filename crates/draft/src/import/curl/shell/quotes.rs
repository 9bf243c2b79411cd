//! What stands in quotes, behind a dollar sign or in `$(…)`.

use tidegate_core::template::is_variable_name;

use super::super::super::names::capture;
use super::{Command, Dialect, Fault, Shell, is_name};

/// How much the values of variables may add to a file, in bytes: 4 MiB.
const EXPANDED: usize = 4 * 1024 * 1024;

/// The longest name of a variable with what stands in its brackets, in bytes.
const BRACKETS: usize = 256;

impl Shell<'_> {
    pub(super) fn double(&mut self, start: usize) -> Result<(), Fault> {
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
    pub(super) fn dollar(&mut self, quoted: bool) -> Result<(), Fault> {
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
                let mut bytes = inside.bytes().take(BRACKETS);
                let Some(close) = bytes.position(|byte| byte == b'}') else {
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
        self.expanded += value.as_ref().map_or(0, String::len);
        if self.expanded > EXPANDED {
            return Err(Fault {
                at: start,
                what: "the values of variables come to more than 4 MiB",
            });
        }
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

/// A variable of the shell as one of the environment.
fn variable(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    if is_variable_name(&upper) {
        upper
    } else {
        "VALUE".to_owned()
    }
}
